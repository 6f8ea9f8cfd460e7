import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/machine.ts';
import { changeLock, type Done, layProject, PLAIN, pack, runIn, startRegistry } from './support/project.ts';

const SOMEBODY = 1234;
const home = mkdtempSync(join(tmpdir(), 'setup-'));
chmodSync(home, 0o755);

const NODE = {
  name: 'node-here',
  os: process.platform,
  cpu: process.arch,
  bin: { node: 'bin/node' },
  files: { 'bin/node': `#!/bin/sh\nNODE_OPTIONS= exec '${process.execPath}' "$@"\n` },
};
const plain = pack(home, { ...PLAIN, scripts: { install: 'touch "$INIT_CWD/ran"' } });
const node = pack(home, NODE);
const elsewhere = pack(home, { ...NODE, name: 'node-elsewhere', os: 'plan9' });
const broken = pack(home, { ...NODE, name: 'node-broken', files: { 'bin/node': '#!/no/such/loader\n' } });
/** For this platform, and for no Node that is old. */
const native = pack(home, {
  name: 'native',
  os: process.platform,
  engines: { node: '>=20' },
  files: { 'index.js': '' },
});
const large = pack(home, { name: 'large', files: { noise: randomBytes(2 ** 21).toString('hex') } });

let server: Server;
let registry: string;
let dir: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  ({ url: registry, server } = await startRegistry([plain, node, elsewhere, broken, native, large]));
});
afterAll(() => {
  server.close();
  rmSync(home, { recursive: true });
});
beforeEach(() => {
  dir = mkdtempSync(join(home, 'project-'));
  layProject(dir, [plain, node, elsewhere]);
  env = {
    PATH: process.env['PATH'],
    HOME: dir,
    npm_config_registry: registry,
    npm_config_userconfig: '/dev/null',
    npm_config_fetch_retries: '0',
  };
});

const setUp = (more: NodeJS.ProcessEnv = {}): Promise<Done> =>
  runIn(dir, [process.execPath, 'dev/setup.mjs'], { ...env, ...more });
/** A Node that is too old for the project, as the one that runs the set-up and npm. */
function underOldNode(): NodeJS.ProcessEnv {
  const pretend = join(dir, 'pretend.cjs');
  writeFileSync(
    pretend,
    `Object.defineProperty(process, 'version', { value: 'v18.0.0' });
     Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.0.0', napi: '9' } });`,
  );
  return { NODE_OPTIONS: `--require=${pretend}` };
}
const link = () => join(dir, 'node_modules/.bin/node');

async function expectRefused(advice: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, said } = await setUp(more);
  expect(said).toContain(advice);
  expect(code).toBe(1);
  return said;
}

describe('the set-up', () => {
  it('installs the packages and their Node, and has nothing to do the next time', async () => {
    expect(await setUp()).toEqual({ code: 0, said: 'Installing packages (once) ...\n' });
    expect(readdirSync(join(dir, 'node_modules/plain'))).toContain('index.js');
    expect(readlinkSync(link())).toBe('../node-here/bin/node');
    expect(await setUp()).toEqual({ code: 0, said: '' });
  });

  it('runs no script of any package, whatever the user has set', async () => {
    expect(
      (await setUp({ npm_config_ignore_scripts: 'false', npm_config_foreground_scripts: 'true' })).code,
    ).toBe(0);
    expect(existsSync(join(dir, 'ran'))).toBe(false);
  });

  it('installs what development needs in an environment of production, too', async () => {
    expect((await setUp({ NODE_ENV: 'production', npm_config_omit: 'dev' })).code).toBe(0);
    expect(existsSync(join(dir, 'node_modules/plain'))).toBe(true);
  });

  it('installs what is for newer Nodes only, although an old one runs it', async () => {
    layProject(dir, [plain, node, native]);
    const before = readdirSync(dir).concat('node_modules');
    expect(await setUp(underOldNode())).toEqual({ code: 0, said: 'Installing packages (once) ...\n' });
    expect(existsSync(join(dir, 'node_modules/native/index.js'))).toBe(true);
    const left = readdirSync(dir).filter((name) => !before.includes(name));
    expect(left.filter((name) => !['.npm', 'pretend.cjs'].includes(name))).toEqual([]);
  });

  it('installs again when the lock has changed', async () => {
    await setUp();
    changeLock(dir, 'node-here', { integrity: plain.integrity });
    await expectRefused('not what package-lock.json proves');
  });

  it('takes what a plain `npm ci` has installed, without a script either, and adds the link', async () => {
    expect((await runIn(dir, ['npm', 'ci'], env)).code).toBe(0);
    expect(existsSync(join(dir, 'ran'))).toBe(false);
    rmSync(link(), { force: true }); // as npm before version 11 leaves it
    expect(await setUp()).toEqual({ code: 0, said: '' });
    expect(readlinkSync(link())).toBe('../node-here/bin/node');
  });

  it('works for an ordinary user who has no home', async () => {
    for (const path of [dir, join(dir, 'package-lock.json')]) chownSync(path, SOMEBODY, SOMEBODY);
    const ids = [`--reuid=${SOMEBODY}`, `--regid=${SOMEBODY}`, '--clear-groups'];
    const command = ['setpriv', ...ids, process.execPath, 'dev/setup.mjs'];
    const done = await runIn(dir, command, { ...env, HOME: '/nonexistent', TMPDIR: tmpdir() });
    expect(done).toEqual({ code: 0, said: 'Installing packages (once) ...\n' });
    expect(lstatSync(link()).uid).toBe(SOMEBODY);
  });
});

describe('without a package that brings Node for this platform, the set-up', () => {
  it.each([
    ['there is none', elsewhere],
    ['it does not run', broken],
  ])('uses the Node that it runs on, if new enough (%s)', async (_, only) => {
    layProject(dir, [plain, only]);
    expect((await setUp()).code).toBe(0);
    expect(readlinkSync(link())).toBe(process.execPath);
  });

  it('says that a newer one must be installed, else', async () => {
    layProject(dir, [plain, elsewhere]);
    const said = await expectRefused('Install Node 22.18 or newer', underOldNode());
    expect(said).toContain(`No package brings Node for ${process.platform}-${process.arch}`);
  });

  it('says why the packaged one does not run', async () => {
    layProject(dir, [plain, broken]);
    const said = await expectRefused('Install Node 22.18 or newer', underOldNode());
    expect(said).toContain('node-broken/bin/node does not run here');
  });
});

describe('an installation that fails', () => {
  it.each(['plain', 'node-here'])('names the digest when that of %s is another one', async (name) => {
    changeLock(dir, name, { integrity: large.integrity });
    await expectRefused('What came is not what package-lock.json proves');
    expect(existsSync(link())).toBe(false);
  });

  it('names the registry when that cannot be reached', async () => {
    await expectRefused('The npm registry cannot be reached', { npm_config_registry: 'http://127.0.0.1:1' });
  });

  it('names the registry when that does not have a package', async () => {
    layProject(dir, [{ ...plain, name: 'unheard-of' }, node]);
    await expectRefused('The npm registry does not have that version');
  });

  it('names the lock when that does not fit package.json', async () => {
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ devDependencies: { large: '1.0.0' } }));
    await expectRefused('package-lock.json does not fit package.json');
  });

  it('names the directory when that may not be written to', async () => {
    const ids = [`--reuid=${SOMEBODY}`, `--regid=${SOMEBODY}`, '--clear-groups'];
    chmodSync(dir, 0o755);
    const { code, said } = await runIn(dir, ['setpriv', ...ids, process.execPath, 'dev/setup.mjs'], env);
    expect(said).toContain(`You may not write to ${dir}, which belongs to user 0.`);
    expect(code).toBe(1);
    const old = await runIn(dir, ['setpriv', ...ids, process.execPath, 'dev/setup.mjs'], {
      ...env,
      ...underOldNode(),
    });
    expect(old.said).toContain(`You may not write to ${dir}, which belongs to user 0.`);
  });

  it('tries again when npm itself breaks off, and names the registry if it does so twice', async () => {
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    const npm =
      '#!/bin/sh\ncase "$1" in ci) echo tried >>tried; echo "npm error Exit handler never called!"; exit 1;; esac\n';
    writeFileSync(join(bin, 'npm'), npm, { mode: 0o755 });
    await expectRefused('The npm registry cannot be reached', { PATH: `${bin}:${env['PATH']}` });
    expect(readFileSync(join(dir, 'tried'), 'utf8')).toBe('tried\ntried\n');
  });

  it('names the disk when that is full', async () => {
    layProject(dir, [large, node]);
    const small = join(dir, 'node_modules');
    mkdirSync(small);
    const script = `mount -t tmpfs -o size=1m tmpfs '${small}' && exec '${process.execPath}' dev/setup.mjs`;
    const command = ['unshare', '--map-root-user', '--mount', 'sh', '-c', script];
    const { code, said } = await runIn(dir, command, env);
    expect(said).toContain('There is no space left.');
    expect(code).toBe(1);
  });

  it('names npm when there is none', async () => {
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    await expectRefused('npm is not on the PATH', { PATH: bin, npm_config_cache: join(dir, 'cache') });
  });
});

describe('the project’s own lock', () => {
  const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, Record<string, unknown>>;
  };
  const locked = Object.entries(packages).filter(([path]) => path !== '');

  it('has a digest of every package, and no address', () => {
    const without = locked.filter(([, { integrity }]) => !String(integrity).startsWith('sha512-'));
    expect(without.map(([path]) => path)).toEqual([]);
    expect(locked.filter(([, facts]) => 'resolved' in facts).map(([path]) => path)).toEqual([]);
  });

  it('has a Node for Linux and macOS on both processors, and says that those of Linux need glibc', () => {
    const nodes = locked.filter(([, { bin }]) => Object.hasOwn(Object(bin), 'node'));
    expect(nodes.map(([, { os, cpu }]) => `${os}-${cpu}`)).toEqual(
      expect.arrayContaining(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']),
    );
    for (const [path, { os, libc }] of nodes)
      expect(libc, path).toEqual(os === 'linux' ? ['glibc'] : undefined);
  });

  it('is installed by npm without any script, in this project and in its commands', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const names = Object.keys(scripts);
    const hooks = names.filter((name) =>
      names.some((other) => [`pre${other}`, `post${other}`].includes(name)),
    );
    expect(hooks).toEqual([]); // which npm would not run
  });

  it('is what stands in node_modules', () => {
    expect(statSync(join(ROOT, 'node_modules/.bin/node')).isFile()).toBe(true);
  });
});
