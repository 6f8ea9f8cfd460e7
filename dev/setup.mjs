/**
 * Installs what is missing, and is quick when nothing is: the npm packages (Node 24 among them), and with `--system`,
 * `--radosgw` or `--browser` the programs that tests run against. Runs on any Node 18 or newer and needs no package.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const STAMP = join(root, 'node_modules/.showcase-config-setup');

/** Debian package, the program it is needed for, and where else that program may stand. */
const PROGRAMS = [
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
  { pkg: 'openssl', program: '/usr/bin/openssl', why: 'makes certificates for a store behind TLS' },
];

/** For the store's contract suite against a real object store. */
const RADOSGW = [
  { pkg: 'radosgw', program: '/usr/bin/radosgw', why: 'is a real object store' },
  { pkg: 'ceph-mon', program: '/usr/bin/ceph-mon', why: 'keeps what radosgw needs to know' },
  { pkg: 'ceph-osd', program: '/usr/bin/ceph-osd', why: 'keeps the objects of radosgw' },
];

/** For the tests and the pictures of the prerendered pages. `CHROMIUM_PATH` names a browser that is already there. */
const BROWSER = process.env.CHROMIUM_PATH
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

if (!isInstalled()) installPackages();
if (process.argv.includes('--system')) installPrograms(PROGRAMS);
if (process.argv.includes('--radosgw')) installPrograms(RADOSGW);
if (process.argv.includes('--browser')) installPrograms(BROWSER);

/** Whether node_modules is of this lock file, and has the Node that the project runs on. */
function isInstalled() {
  const node = join(root, 'node_modules/.bin/node');
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockDigest() && existsSync(node);
}

function lockDigest() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function installPackages() {
  console.log('Installing packages (once) ...');
  const advice = 'See that the npm registry can be reached (npm ping), then try again.';
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], advice);
  const node = join(root, 'node_modules/.bin/node');
  const version = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout?.trim() ?? '';
  if (Number.parseInt(version, 10) < 22) {
    fail(
      `The package "node" did not bring its program (found: ${version || 'none'}). Let npm run its install script.`,
    );
  }
  writeFileSync(STAMP, lockDigest());
}

/** With apt-get as root on a Debian-like system; elsewhere it says what to install. */
function installPrograms(programs) {
  const missing = programs.filter(({ program }) => !existsSync(program) && !onPath(program));
  if (missing.length === 0) return;
  const packages = missing.map(({ pkg }) => pkg);
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    const reasons = missing.map(({ pkg, why }) => `  ${pkg}: ${why}`).join('\n');
    fail(`The tests need programs that are not here. Install them, then try again:\n${reasons}`);
  }
  console.log(`Installing ${packages.join(', ')} (once) ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const patient = ['-qq', '-o', 'Acquire::Retries=3'];
  const advice = `See that the Debian archive can be reached, or install them by hand: ${packages.join(' ')}. Then try again.`;
  run('apt-get', [...patient, 'update'], advice, env);
  run('apt-get', [...patient, 'install', '-y', '--no-install-recommends', ...packages], advice, env);
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

/** @param advice what to do when it fails */
function run(command, args, advice, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, env, encoding: 'utf8' });
  if (status === 0) return;
  const said = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trimEnd();
  fail(`${command} ${args.join(' ')} failed:\n${said}\n${advice}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
