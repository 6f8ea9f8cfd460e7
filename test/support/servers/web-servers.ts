import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EXECUTABLE, type Machine } from '../machine/machine.ts';

/** A real CGI server on 127.0.0.1 that runs update_config at `/showcase/update_config`. */
export interface WebServer {
  readonly port: number;
  close(): Promise<void>;
}

export type ServerName = 'lighttpd' | 'apache';

const PROGRAMS: Readonly<Record<ServerName, string>> = {
  lighttpd: '/usr/sbin/lighttpd',
  apache: '/usr/sbin/apache2',
};
const APACHE_MODULES = '/usr/lib/apache2/modules';
const PATH = '/showcase/update_config';

/** Debian's number for `nobody`: Apache does not serve as root. */
const NOBODY = 65534;

/** Whether the server is there; where it is not, Debian's `lighttpd` and `apache2-bin` have it. */
export function isInstalled(name: ServerName): boolean {
  return existsSync(PROGRAMS[name]);
}

/**
 * Copies the executable and its addon, and nothing else, into the machine's app root, and starts a server that runs it
 * with the machine's variables. Its compiled code is kept until the server is closed: `nobody`, who runs it, has no home.
 */
export async function startWebServer(name: ServerName, machine: Machine): Promise<WebServer> {
  const script = join(machine.appRoot, 'cgi-bin/update_config');
  mkdirSync(dirname(script), { recursive: true });
  copyFileSync(EXECUTABLE, script);
  copyFileSync(
    join(dirname(EXECUTABLE), 'better_sqlite3.node'),
    join(dirname(script), 'better_sqlite3.node'),
  );
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, machine.home]);
    chmodSync(machine.home, 0o755);
  }
  const compiled = mkdtempSync(join(tmpdir(), 'compiled-'));
  if (asRoot) chownSync(compiled, NOBODY, NOBODY);
  const variables = {
    UPDATE_CONFIG_CACHE_DIR: join(compiled, 'cache'),
    PATH: process.env['PATH'] ?? '',
    ...machine.env,
  };
  const close = async (child: ChildProcess): Promise<void> => {
    await stop(child);
    rmSync(compiled, { recursive: true, force: true, maxRetries: 3 });
  };
  // Between the choice of a port and its use somebody else may take it.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const { args, pidFile } = (name === 'lighttpd' ? lighttpd : apache)({
      machine,
      environment: variables,
      script,
      port,
      asRoot,
    });
    const child = spawn(PROGRAMS[name], args, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (await untilReady(child, pidFile)) return { port, close: () => close(child) };
    if (attempt === 3) throw new Error(`${name} does not start`);
  }
}

interface Setup {
  readonly args: string[];
  /** Written once it listens. */
  readonly pidFile: string;
}

type Variables = Readonly<Record<string, string>>;

interface Wanted {
  readonly machine: Machine;
  readonly environment: Variables;
  readonly script: string;
  readonly port: number;
  readonly asRoot: boolean;
}

function lighttpd({ machine, environment, script, port, asRoot }: Wanted): Setup {
  const conf = join(machine.home, 'lighttpd.conf');
  const pidFile = join(machine.home, 'lighttpd.pid');
  const variables = Object.entries(environment).map(([key, value]) => `"${key}" => "${value}"`);
  const lines = [
    'server.modules = ("mod_alias", "mod_setenv", "mod_cgi")',
    `server.document-root = "${machine.home}"`,
    'server.bind = "127.0.0.1"',
    `server.port = ${port}`,
    `server.upload-dirs = ("${machine.home}")`,
    `server.pid-file = "${pidFile}"`,
    `server.errorlog = "${join(machine.home, 'lighttpd.log')}"`,
    `server.breakagelog = "${join(machine.home, 'scripts.log')}"`,
    ...(asRoot ? ['server.username = "nobody"', 'server.groupname = "nogroup"'] : []),
    `alias.url = ("${PATH}" => "${script}")`,
    'cgi.assign = ("/update_config" => "")',
    `setenv.set-environment = (${variables.join(', ')})`,
  ];
  writeFileSync(conf, `${lines.join('\n')}\n`);
  return { args: ['-D', '-f', conf], pidFile };
}

function apache({ machine, environment, script, port, asRoot }: Wanted): Setup {
  const conf = join(machine.home, 'apache.conf');
  const pidFile = join(machine.home, 'apache.pid');
  const modules = ['mpm_event', 'authz_core', 'alias', 'env', 'cgid'];
  const lines = [
    `ServerRoot ${machine.home}`,
    'ServerName localhost',
    `Listen 127.0.0.1:${port}`,
    `PidFile ${pidFile}`,
    `DefaultRuntimeDir ${machine.home}`,
    `ErrorLog ${join(machine.home, 'apache.log')}`,
    'LogLevel notice',
    ...modules.map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`),
    ...(asRoot ? [`User #${NOBODY}`, `Group #${NOBODY}`] : []),
    `ScriptSock ${join(machine.home, 'cgid.sock')}`,
    `ScriptAlias ${PATH} ${script}`,
    ...Object.entries(environment).map(([key, value]) => `SetEnv ${key} "${value}"`),
    '<Location "/">',
    '  Require all granted',
    '  CGIPassAuth On',
    '</Location>',
  ];
  writeFileSync(conf, `${lines.join('\n')}\n`);
  return { args: ['-D', 'FOREGROUND', '-f', conf], pidFile };
}

/** True once the server listens, false when it ends before. */
async function untilReady(child: ChildProcess, pidFile: string): Promise<boolean> {
  const directory = dirname(pidFile);
  return await new Promise((resolve) => {
    const watcher = watch(directory, look);
    const settle = (ready: boolean): void => {
      watcher.close();
      resolve(ready);
    };
    // lighttpd makes the file before it listens, and writes into it afterwards.
    function look(): void {
      if ((statSync(pidFile, { throwIfNoEntry: false })?.size ?? 0) > 0) settle(true);
    }
    child.once('exit', () => settle(false));
    look();
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
