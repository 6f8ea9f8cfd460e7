import { execFileSync } from 'node:child_process';
import { AS_APPLICATION, asApplication } from './attackers.ts';

/** Bytes; more than any of our processes may have. */
const SPARSE = 1.5 * 2 ** 30;

/** What the application can make in the place of a file, as a script: `$1` is the path. */
export const THINGS = {
  'a pipe': 'mkfifo "$1"',
  'a socket': `perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0) && bind(S, pack_sockaddr_un(shift)) or die' "$1"`,
  'a link to /dev/zero': 'ln -s /dev/zero "$1"',
  'a link to /dev/full': 'ln -s /dev/full "$1"',
  'a link to /dev/ptmx': 'ln -s /dev/ptmx "$1"',
  'a link to itself': 'ln -s "$1" "$1"',
  'a link to nowhere': 'ln -s "$1.nowhere" "$1"',
  'a file that may not be read': 'touch "$1"; chmod 0 "$1"',
  'a file of 1.5 GiB': `truncate -s ${SPARSE} "$1"`,
} as const;

export type Thing = keyof typeof THINGS;

/** Makes a database of so many bytes of a small one: with a hole, so that it takes no room on the disk. In perl. */
export const GROW = `
  open my $file, '+<', $ARGV[0] or die; my $pages = ${SPARSE} / 4096;
  sysseek $file, 24, 0; sysread $file, my $counter, 4;
  sysseek $file, 28, 0; syswrite $file, pack 'N', $pages;
  sysseek $file, 92, 0; syswrite $file, $counter;
  truncate $file, $pages * 4096 or die;
`;

/** Lays things there, in the place of what may stand there. Directories above are made. */
export function lay(things: readonly (readonly [path: string, thing: Thing | 'a directory'])[]): void {
  const script = things.map(([path, thing]) => {
    const make = thing === 'a directory' ? 'mkdir -p "$1"/within' : THINGS[thing];
    return `set -- '${path}'; mkdir -p "$(dirname "$1")"; rm -rf "$1"; ${make}`;
  });
  asApplication(script.join('\n'));
}

/** Takes them away again. */
export function takeAway(paths: readonly string[]): void {
  execFileSync('setpriv', [...AS_APPLICATION, 'rm', '-rf', '--', ...paths]);
}
