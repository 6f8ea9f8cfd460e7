import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { asRoot } from '../../rights/rights.ts';
import { printable } from '../../text.ts';

/** State of a socket that listens, in the kernel's tables. */
const LISTENS = '0A';

/** The process that listens on a port of this machine, such as `navigator (process 123)`; null where nobody can tell. */
export function holderOfPort(port: number): string | null {
  try {
    return asRoot(() => find(port));
  } catch {
    return null; // not Linux, or not allowed to look
  }
}

function find(port: number): string | null {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listening(table, port)));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (socketsOf(pid).some((socket) => sockets.has(socket))) return `${nameOf(pid)} (process ${pid})`;
  }
  return null;
}

/** Inodes of the sockets that listen there. */
function listening(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync(table, 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local = '', , state, , , , , , inode = '']) =>
      state === LISTENS && local.endsWith(`:${wanted}`) ? [inode] : [],
    );
}

function socketsOf(pid: string): string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).flatMap((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`${directory}/${fd}`))?.[1];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    return []; // it has ended, or is somebody else's
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function nameOf(pid: string): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, 2).join(' ').trim();
  return printable(words || readFileSync(`/proc/${pid}/comm`, 'utf8').trim()).slice(0, 120);
}
