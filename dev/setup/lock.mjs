/** What package-lock.json says, read as npm reads it on this machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns {Record<string, any>} by path below the root, such as `node_modules/yaml`; the root itself left out */
export function readLock(path) {
  const { packages = {} } = JSON.parse(readFileSync(path, 'utf8'));
  const { '': _root, ...all } = packages;
  return all;
}

/** Whether a package is for this platform, processor and C library; most are for all. */
export function fits({ os, cpu, libc }) {
  return allows(os, process.platform) && allows(cpu, process.arch) && allows(libc, libcOfMachine());
}

/** @param {undefined | string | string[]} list such as `['linux', 'darwin']` or `['!win32']` */
function allows(list, value) {
  const names = [list ?? []].flat();
  if (names.includes(`!${value}`)) return false;
  const wanted = names.filter((name) => !name.startsWith('!'));
  return wanted.length === 0 || wanted.includes('any') || wanted.includes(value);
}

/** `glibc` or `musl`; null on systems that have neither. */
export function libcOfMachine() {
  if (process.platform !== 'linux') return null;
  libc ??= process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
  return libc;
}
let libc;

/** Whether a package brings Node for this machine. */
export const isNodeForHere = (entry) => Boolean(entry.bin?.node) && fits(entry);

/** The name by which a package is asked for: of `node_modules/a/node_modules/@b/c`, `@b/c`. */
export const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** npm's own note of what it has put into node_modules; null where there is none that can be read. */
export function readInstalled(root) {
  try {
    return readLock(join(root, 'node_modules/.package-lock.json'));
  } catch {
    return null;
  }
}
