/** Programs that tests run against, of Debian's packages. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure, failedCommand } from './failure.mjs';

/** Debian package, the program it is needed for, and where else that program may stand. */
export const SYSTEM = [
  { pkg: 'lighttpd', program: '/usr/sbin/lighttpd', why: 'runs update_config as a CGI server' },
  { pkg: 'apache2-bin', program: '/usr/sbin/apache2', why: 'runs update_config with mod_cgid' },
  { pkg: 'ruby', program: '/usr/bin/ruby', why: 'reads showcases.yml as the application does' },
  { pkg: 'strace', program: '/usr/bin/strace', why: 'kills an update at chosen system calls' },
  { pkg: 'faketime', program: '/usr/bin/faketime', why: 'sets the clock of an update' },
  {
    pkg: 'busybox',
    program: '/usr/bin/busybox',
    why: "has Alpine's shell, under which children are guarded",
  },
  { pkg: 'zsh', program: '/usr/bin/zsh', why: 'completes options, as bash does' },
  { pkg: 'fish', program: '/usr/bin/fish', why: 'completes options, as bash does' },
  { pkg: 'mandoc', program: '/usr/bin/mandoc', why: 'looks the manual pages over' },
  { pkg: 'openssl', program: '/usr/bin/openssl', why: 'makes certificates for a store behind TLS' },
  { pkg: 'systemd', program: '/usr/bin/systemd-analyze', why: 'looks the units to copy over' },
  { pkg: 'sqlite3', program: '/usr/bin/sqlite3', why: 'copies an index as the documents do' },
  { pkg: 'curl', program: '/usr/bin/curl', why: 'sends what the documents send' },
];

/** For the store's contract suite against a real object store. */
export const RADOSGW = [
  { pkg: 'radosgw', program: '/usr/bin/radosgw', why: 'is a real object store' },
  { pkg: 'ceph-mon', program: '/usr/bin/ceph-mon', why: 'keeps what radosgw needs to know' },
  { pkg: 'ceph-osd', program: '/usr/bin/ceph-osd', why: 'keeps the objects of radosgw' },
];

/** For the tests and the pictures of the prerendered pages. `CHROMIUM_PATH` names a browser that is already there. */
export const BROWSER = process.env.CHROMIUM_PATH
  ? []
  : [
      {
        pkg: 'chromium-headless-shell',
        program: '/usr/bin/chromium-headless-shell',
        why: 'loads the pages (or set CHROMIUM_PATH)',
      },
      font('fonts-dejavu-core', 'draws Latin, Greek, Cyrillic and Arabic names'),
      font('fonts-droid-fallback', 'draws Chinese, Japanese and Korean names'),
    ];

/** Installs what is missing, with apt-get as root on a Debian-like system; elsewhere says what to install. */
export function ensurePrograms(programs) {
  const missing = programs.filter(({ program }) => !existsSync(program) && !onPath(program));
  if (missing.length === 0) return;
  const packages = missing.map(({ pkg }) => pkg);
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    const reasons = missing.map(({ pkg, why }) => `  ${pkg}: ${why}`).join('\n');
    throw new Failure(`The tests need programs that are not here. Install them, then try again:\n${reasons}`);
  }
  console.log(`Installing ${packages.join(', ')} (once) ...`);
  const patient = ['-qq', '-o', 'Acquire::Retries=3'];
  const advice = `See that the Debian archive can be reached, or install them by hand: ${packages.join(' ')}. Then try again.`;
  aptGet([...patient, 'update'], advice);
  aptGet([...patient, 'install', '-y', '--no-install-recommends', ...packages], advice);
}

function aptGet(args, advice) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr, error } = spawnSync('apt-get', args, { env, encoding: 'utf8' });
  if (status === 0) return;
  const output = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`;
  throw failedCommand({ command: `apt-get ${args.join(' ')}`, output, advice });
}

/** Fonts move from directory to directory between releases; that the package is there tells its copyright file. */
function font(pkg, why) {
  return { pkg, program: `/usr/share/doc/${pkg}/copyright`, why };
}

function onPath(program) {
  const name = basename(program);
  return (process.env.PATH ?? '')
    .split(':')
    .some((directory) => directory && existsSync(join(directory, name)));
}
