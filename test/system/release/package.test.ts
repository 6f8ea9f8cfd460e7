import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { COMMANDS } from '../../../src/app/options/all-commands.ts';
import { parseAnswer, postVariables, ROOT } from '../../support/machine/machine.ts';
import { startPublished } from '../../support/machine/published.ts';
import { FLY_MACHINE } from '../../support/machine/use-machine.ts';
import { COMMITTED, checkOut, entriesOf, filesIn, packageIn } from '../../support/release/checkout.ts';
import { EmptyRoot, INSIDE } from '../../support/system/empty-root.ts';

// All of them wait for two whole builds.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const home = mkdtempSync(join(tmpdir(), 'package-test-'));
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const RELEASE = `showcase-config-${version}`;
const HERE = join(home, 'a');
const ELSEWHERE = join(home, 'another/directory');
const ARM = `${RELEASE}-linux-arm64-musl`;
const NAMES = [
  `${RELEASE}-linux-arm64-glibc`,
  ARM,
  `${RELEASE}-linux-x64-glibc`,
  `${RELEASE}-linux-x64-musl`,
];
const archive = (name: string) => join(HERE, 'dist', `${name}.tar.gz`);
const unpacked = (name: string) => join(home, 'unpacked', name);
const pathsOf = (name: string) =>
  entriesOf(archive(name)).flatMap(({ mode, path }) =>
    mode.startsWith('-') ? [path.slice(name.length + 1)] : [],
  );

beforeAll(async () => {
  for (const directory of [HERE, ELSEWHERE]) checkOut(directory);
  const [first, second] = await Promise.all([
    packageIn(HERE, {}),
    // Another time zone, language and umask, and an environment that would change what tar does.
    packageIn(
      ELSEWHERE,
      { UMASK: '077', TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', TAR_OPTIONS: '--owner=7' },
      '--target',
      'linux-arm64-musl',
    ),
  ]);
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(second).toMatchObject({ exitCode: 0, stderr: '' });
  mkdirSync(join(home, 'unpacked'));
  for (const name of NAMES) execFileSync('tar', ['-xzf', archive(name), '-C', join(home, 'unpacked')]);
});
afterAll(() => rmSync(home, { recursive: true }));

describe('npm run package', () => {
  it('makes an archive for each kind of machine, and their sums', () => {
    const made = readdirSync(join(HERE, 'dist')).sort();
    expect(made).toEqual([`${RELEASE}.SHA256SUMS`, ...NAMES.map((name) => `${name}.tar.gz`)].sort());
    const checked = execFileSync('sha256sum', ['-c', `${RELEASE}.SHA256SUMS`], {
      cwd: join(HERE, 'dist'),
      encoding: 'utf8',
    });
    expect(checked.match(/: OK$/gm)).toHaveLength(4);
  });

  it('makes the same bytes of the same commit in another directory and environment', () => {
    const other = readFileSync(join(ELSEWHERE, 'dist', `${ARM}.tar.gz`));
    expect(other.equals(readFileSync(archive(ARM)))).toBe(true);
  });

  it.each(NAMES)('gives all entries of %s to root, at the time of the commit, in order', (name) => {
    const entries = entriesOf(archive(name));
    const paths = entries.map(({ path }) => path.replace(/\/$/, ''));
    // A directory comes before what is in it, so a slash counts as the least of all characters.
    const key = (path: string) => path.replaceAll('/', '\0');
    expect(paths).toEqual(paths.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)));
    const time = new Date(COMMITTED * 1000).toISOString().replace('.000', '');
    for (const { path, mode, owner, time: at } of entries) {
      const isExecutable = /\/(cgi-bin|scripts|hooks)\/[a-z_-]+$|\/boot$/.test(path);
      const expected = path.endsWith('/') ? 'drwxr-xr-x' : isExecutable ? '-rwxr-xr-x' : '-rw-r--r--';
      expect({ path, mode, owner, at }).toEqual({ path, mode: expected, owner: '0/0', at: time });
    }
    // No name, no time, in the header of gzip (RFC 1952).
    expect(readFileSync(archive(name)).subarray(0, 8).toString('hex')).toBe('1f8b080000000000');
  });

  it('has in each what a machine and an operator need', () => {
    const paths = new Set(pathsOf(ARM));
    const wanted = [
      ...['README.md', 'LICENSE', 'CHANGELOG.md', 'SHA256SUMS', 'sbom.cdx.json', 'docs/OPERATING.md'],
      ...['cgi-bin/update_config', 'cgi-bin/THIRD_PARTY_LICENSES', 'scripts/showcase-web', 'scripts/start'],
      ...['man/man1/config-update.1', 'completion/zsh/_config-update', 'completion/fish/start.fish'],
      ...['completion/bash/update_config', 'examples/systemd/showcase-verify.timer'],
    ];
    expect(wanted.filter((path) => !paths.has(path))).toEqual([]);
    expect([...paths].filter((path) => /\.(map|ts|png)$|package\.json/.test(path))).toEqual([]);
  });

  it('has the addon of each kind of machine, and else the same bytes for all', () => {
    const paths = pathsOf(ARM);
    const [first, ...others] = NAMES.map((name) => filesIn(unpacked(name), paths));
    const differing = paths.filter((path) => {
      const bytes = first?.get(path);
      return !others.every((files) => bytes && files.get(path)?.equals(bytes));
    });
    const addons = ['cgi-bin/better_sqlite3.node', 'scripts/better_sqlite3.node'];
    expect(differing.sort()).toEqual(['README.md', 'SHA256SUMS', ...addons]);
    // ELF of 64 bits, least byte first, a shared object; the machine; the C library that it is linked to.
    const facts = NAMES.map((name) => {
      const elf = readFileSync(join(unpacked(name), 'scripts/better_sqlite3.node'));
      expect(elf.subarray(0, 6).toString('latin1')).toBe('\x7fELF\x02\x01');
      const libraries = elf.toString('latin1').match(/\0(libc\.[\w.-]+)\0/)?.[1];
      return [elf.readUInt16LE(16), elf.readUInt16LE(18), libraries];
    });
    expect(facts).toEqual([
      [3, 183, 'libc.so.6'],
      [3, 183, 'libc.musl-aarch64.so.1'],
      [3, 62, 'libc.so.6'],
      [3, 62, 'libc.musl-x86_64.so.1'],
    ]);
  });

  it('says of which commit it is, and for what', () => {
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: HERE, encoding: 'utf8' }).trim();
    const readme = readFileSync(join(unpacked(ARM), 'README.md'), 'utf8');
    expect(readme).toContain(`Built from commit ${head}.`);
    expect(readme).toContain('For Linux on 64-bit ARM, with musl (Alpine).');
    expect(readme).not.toMatch(/@[A-Z]+@|\+dirty/);
  });

  it('names no directory of the machine that it was made on', () => {
    for (const [path, bytes] of filesIn(unpacked(ARM), pathsOf(ARM))) {
      if (!path.endsWith('.node')) expect(bytes.includes(home), path).toBe(false);
    }
  });
});

describe('an archive in a root directory that has Node and nothing else', () => {
  const NAME = `${RELEASE}-linux-${process.arch}-glibc`;
  const directory = join(home, 'root');
  let root: EmptyRoot;
  beforeAll(async () => {
    mkdirSync(directory);
    root = await EmptyRoot.open(directory);
    copyFileSync(archive(NAME), root.outside('/tmp/release.tar.gz'));
    inside('mkdir', '-p', '/data/db');
    inside('tar', '-xzf', '/tmp/release.tar.gz');
  });
  afterAll(() => root.close());
  const inside = (...command: string[]) => {
    const [program = '', ...args] = [...root.through, ...command];
    return execFileSync(program, args, { env: INSIDE, encoding: 'utf8' });
  };

  it('holds what its sums say', () => {
    const checked = inside('sh', '-c', `cd /${NAME} && sha256sum -c SHA256SUMS`);
    expect(checked.match(/: OK$/gm)).toHaveLength(pathsOf(NAME).length - 1);
  });

  it('has executables that say what they are', () => {
    const web = `/${NAME}/scripts/showcase-web`;
    expect(inside(web, '--version')).toMatch(new RegExp(`^showcase-web ${version}`));
    expect(inside(web, '--help')).toMatch(/^Usage: showcase-web/);
  });

  it('is installed as its page says, and does the first step of the demo: an empty machine gets the index', async () => {
    // Somebody else has unpacked it, with a umask of his own.
    inside('sh', '-euc', `chown -R 1234:1234 /${NAME}; chmod -R go= /${NAME}`);
    const page = readFileSync(join(unpacked(NAME), 'README.md'), 'utf8');
    const commands = /```sh\n(mkdir [^`]*)```/.exec(page)?.[1] ?? '';
    expect(inside('sh', '-euc', `cd /${NAME}; ${commands}`)).toMatch(new RegExp(`^update_config ${version}`));
    const owners = inside('find', '/rails', '-exec', 'stat', '-c', '%u:%g %a', '{}', '+').trim().split('\n');
    expect([...new Set(owners)]).toEqual(['0:0 755']);
    const published = await startPublished();
    try {
      await published.publish(makeSampleIndex(), new Date('2026-01-02T03:04:05Z'));
      const env = { ...INSIDE, ...published.env, ...FLY_MACHINE, ...postVariables() };
      const [program = '', ...through] = [...root.through, '/rails/cgi-bin/update_config'];
      const child = spawn(program, through, { env: { ...env, RAILS_DB_VOLUME: '/data/db' } });
      const [stdout, stderr, [exitCode]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close') as Promise<[number | null]>,
      ]);
      const answer = parseAnswer({ exitCode, signal: null, stdout, stderr });
      expect(answer).toMatchObject({ exitCode: 0, status: 200, result: { outcome: 'updated' } });
      // The application is where the executables are.
      expect(readFileSync(root.outside('/rails/config/navigator.yml'), 'utf8')).toMatch(/^auth:/m);
    } finally {
      await published.close();
    }
  });
});

describe('what goes with the executables', () => {
  it('are manual pages that mandoc finds nothing wrong with', () => {
    const pages = pathsOf(ARM).filter((path) => path.startsWith('man/'));
    const linted = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', ...pages], {
      cwd: unpacked(ARM),
      encoding: 'utf8',
    });
    expect(linted).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it.each(['bash', 'zsh', 'fish'])('are completions that %s can read', (shell) => {
    const completions = pathsOf(ARM).filter((path) => path.startsWith(`completion/${shell}/`));
    expect(completions).toHaveLength(COMMANDS.length);
    for (const path of completions) {
      const read = spawnSync(shell, ['-n', path], { cwd: unpacked(ARM), encoding: 'utf8' });
      expect({ path, status: read.status, stderr: read.stderr }).toEqual({ path, status: 0, stderr: '' });
    }
  });
});
