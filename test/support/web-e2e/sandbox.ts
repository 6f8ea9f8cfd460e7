import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../machine/machine.ts';

/** User and group of no account. */
export const USER = 4243;

export const UNIT = readFileSync(join(ROOT, 'examples/systemd/showcase-web.service'), 'utf8');

/** What systemd does for these lines of the unit, by the programs of a Debian. The first two arguments are lists of paths. */
const SETUP = `
  writable=$1 hidden=$2
  shift 2
  for path in $writable; do mount --bind "$path" "$path"; done
  for path in $hidden; do mount -t tmpfs -o ro,mode=755 tmpfs "$path"; done
  mount -t proc -o hidepid=invisible proc /proc
  cut -d' ' -f5 /proc/self/mountinfo | while read -r mount; do
    case " $writable /proc /dev " in *" $mount "*) continue ;; esac
    case "$mount" in /proc/*|/sys|/sys/*|/dev/pts|/dev/mqueue) continue ;; esac
    mount -o remount,bind,ro "$mount" 2>/dev/null || true
  done
  umask 0027
  exec setpriv --reuid ${USER} --regid ${USER} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
`;

/** Calls that every program makes; the kernel does not stop for these. */
const EVERYDAY =
  '!read,write,readv,writev,pread64,pwrite64,close,mmap,munmap,mprotect,madvise,futex,epoll_wait,epoll_pwait,epoll_ctl,fstat,newfstatat,lseek,brk,rt_sigaction,rt_sigprocmask,getpid,gettid,clock_gettime';

/**
 * What a command is run through to be as its unit has it: an ordinary user without a capability and none to get, a file
 * system that is read-only but for these paths, no homes, no processes of others. What it asks the kernel for is written to
 * a file among them.
 */
export function sandboxed(writable: readonly string[], trace: string): string[] {
  for (const path of writable) give(path);
  const hidden = ['/root', '/home'].filter((path) => existsSync(path) && !ROOT.startsWith(`${path}/`));
  const spaces = (paths: readonly string[]): string => paths.join(' ');
  const shell = ['sh', '-euc', SETUP, 'sh', spaces(writable), spaces(hidden)];
  const tracer = [
    'strace',
    '-f',
    '-qq',
    '--seccomp-bpf',
    '-e',
    `trace=${EVERYDAY}`,
    '-e',
    'signal=none',
    '-o',
    trace,
  ];
  return ['unshare', '--mount', '--propagation', 'private', ...shell, ...tracer];
}

function give(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o700);
  chownSync(path, USER, USER);
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' }))
    if (!lstatSync(join(path, name)).isSymbolicLink()) chownSync(join(path, name), USER, USER);
}

/** Names of the calls that `SystemCallFilter=` of the unit lets through. */
export function allowedCalls(): Set<string> {
  const [, filter = ''] = /^SystemCallFilter=(.+)$/m.exec(UNIT) ?? [];
  const found = new Set<string>();
  const add = (name: string): void => {
    if (!name.startsWith('@')) found.add(name);
    else
      for (const line of execFileSync('systemd-analyze', ['syscall-filter', name], {
        encoding: 'utf8',
      }).split('\n'))
        if (/^ +[@\w]/.test(line)) add(line.trim());
  };
  for (const name of filter.split(' ')) add(name);
  return found;
}

/** What a trace has: names of calls, and families of sockets. */
export function askedOf(trace: string): { readonly calls: Set<string>; readonly families: Set<string> } {
  const text = readFileSync(trace, 'utf8');
  const all = (pattern: RegExp): Set<string> =>
    new Set([...text.matchAll(pattern)].map(([, name = '']) => name));
  return { calls: all(/^\d+ +(\w+)\(/gm), families: all(/^\d+ +socket\((\w+)/gm) };
}
