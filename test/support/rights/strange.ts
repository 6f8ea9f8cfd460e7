import { execFileSync } from 'node:child_process';
import { AS_APPLICATION, asApplication } from './attackers.ts';

/** Bytes; more than any of our processes may have. */
const SPARSE = 1.5 * 2 ** 30;

/** What the application can make in the place of a file, in perl: `$_` is the path. */
export const THINGS = {
  'a pipe': 'POSIX::mkfifo($_, 0666)',
  'a socket': 'socket(S, AF_UNIX, SOCK_STREAM, 0) && bind(S, pack_sockaddr_un($_))',
  'a link to /dev/zero': "symlink '/dev/zero', $_",
  'a link to /dev/full': "symlink '/dev/full', $_",
  'a link to /dev/ptmx': "symlink '/dev/ptmx', $_",
  'a link to itself': 'symlink $_, $_',
  'a link to nowhere': 'symlink "$_.nowhere", $_',
  'a file that may not be read': 'sysopen F, $_, O_CREAT | O_WRONLY, 0',
  'a file of 1.5 GiB': `open(F, '>', $_) && truncate F, ${SPARSE}`,
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

/** Is told a kind of thing and a path, and another one ... All of it in one process: a shell would start hundreds. */
const LAY = `
  use strict; use POSIX (); use Fcntl; use Socket; use File::Basename; use File::Path qw(make_path remove_tree);
  my %make = (
    'a directory' => sub { make_path "$_/within" },
    ${Object.entries(THINGS)
      .map(([thing, make]) => `'${thing}' => sub { ${make} },`)
      .join('\n    ')}
  );
  while (my ($thing, $path) = splice @ARGV, 0, 2) {
    make_path dirname $path; remove_tree $path;
    $make{$thing}() or die "$path cannot be $thing: $!" for $path;
  }
`;

/** Lays things there, in the place of what may stand there. Directories above are made. */
export function lay(things: readonly (readonly [path: string, thing: Thing | 'a directory'])[]): void {
  asApplication('exec perl -e "$@"', LAY, ...things.flatMap(([path, thing]) => [thing, path]));
}

/** Takes them away again. */
export function takeAway(paths: readonly string[]): void {
  execFileSync('setpriv', [...AS_APPLICATION, 'rm', '-rf', '--', ...paths]);
}
