import {
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { changeLock, layProject, PLAIN, pack, runIn, startRegistry } from '../../support/build/project.ts';
import { AS_SOMEBODY, Project, SOMEBODY } from '../../support/build/use-project.ts';

// npm installs in each test.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const project = Project.use();
const { plain, node, elsewhere, broken, native } = project.packages;
const INSTALLED = { code: 0, said: 'Installing packages (once) ...\n' };
const has = (path: string) => existsSync(join(project.dir, path));

describe('the set-up', () => {
  it('installs the packages and their Node, has nothing to do the next time, and installs again when the lock has changed', async () => {
    // Then npm is asked for its cache.
    expect(await project.setUp({ npm_config_cache: '' })).toEqual(INSTALLED);
    expect(has('.npm/_cacache')).toBe(true);
    expect(has('node_modules/plain/index.js')).toBe(true);
    expect(readlinkSync(project.link)).toBe('../node-here/bin/node');
    expect(await project.setUp()).toEqual({ code: 0, said: '' });
    changeLock(project.dir, 'node-here', { integrity: plain.integrity });
    await project.expectRefused('not what package-lock.json proves');
  });

  it('runs no script of any package, and installs what development needs, whatever the user has configured', async () => {
    const scripts = { npm_config_ignore_scripts: 'false', npm_config_foreground_scripts: 'true' };
    const production = { NODE_ENV: 'production', npm_config_omit: 'dev' };
    expect(await project.setUp({ ...scripts, ...production })).toEqual(INSTALLED);
    expect(has('ran')).toBe(false);
    expect(has('node_modules/plain')).toBe(true);
  });

  it('installs what is for newer Nodes only, although an old one runs it', async () => {
    layProject(project.dir, [plain, node, native]);
    const old = project.underOldNode();
    const before = readdirSync(project.dir);
    expect(await project.setUp(old)).toEqual(INSTALLED);
    expect(has('node_modules/native/index.js')).toBe(true);
    const left = readdirSync(project.dir).filter((name) => !before.includes(name));
    expect(left.sort()).toEqual(['.npm', 'node_modules']);
  });

  it('asks the registry again where what npm knows of it is older than the lock', async () => {
    const served = [plain, node];
    const registry = await startRegistry(served);
    const env = { npm_config_registry: registry.url };
    layProject(project.dir, [plain, node]);
    expect(await project.setUp(env)).toEqual(INSTALLED);
    const newer = pack(mkdtempSync(join(project.dir, 'newer-')), { ...PLAIN, version: '1.1.0' });
    served[0] = newer;
    layProject(project.dir, [newer, node]);
    expect(await project.setUp(env)).toEqual(INSTALLED);
    const installed = readFileSync(join(project.dir, 'node_modules/plain/package.json'), 'utf8');
    expect(JSON.parse(installed)).toMatchObject({ version: '1.1.0' });
    registry.server.close();
    registry.server.closeAllConnections();
  });

  it('accepts the result of a plain `npm ci`, runs no script, and adds the link', async () => {
    expect((await runIn(project.dir, ['npm', 'ci'], project.env)).code).toBe(0);
    expect(has('ran')).toBe(false);
    rmSync(project.link, { force: true }); // as npm before version 11 leaves it
    expect(await project.setUp()).toEqual({ code: 0, said: '' });
    expect(readlinkSync(project.link)).toBe('../node-here/bin/node');
  });

  it('works for an ordinary user who has no home', async () => {
    for (const path of ['.', 'package-lock.json']) chownSync(join(project.dir, path), SOMEBODY, SOMEBODY);
    const env = { HOME: '/nonexistent', TMPDIR: tmpdir(), npm_config_cache: '' };
    expect(await project.setUp(env, AS_SOMEBODY)).toEqual(INSTALLED);
    expect(lstatSync(project.link).uid).toBe(SOMEBODY);
  });
});

describe('without a package that brings Node for this platform, the set-up', () => {
  it.each([
    ['there is none', elsewhere],
    ['it does not run', broken],
  ])('uses the Node that it runs on, if new enough (%s)', async (_, only) => {
    layProject(project.dir, [plain, only]);
    expect(await project.setUp()).toEqual(INSTALLED);
    expect(readlinkSync(project.link)).toBe(process.execPath);
  });

  it('says that a newer Node must be installed if that Node is too old', async () => {
    layProject(project.dir, [plain, elsewhere]);
    const said = await project.expectRefused('Install Node 22.18 or newer', project.underOldNode());
    expect(said).toContain(`No package brings Node for ${process.platform}-${process.arch}`);
  });

  it('says why the packaged one does not run', async () => {
    layProject(project.dir, [plain, broken]);
    const said = await project.expectRefused('Install Node 22.18 or newer', project.underOldNode());
    expect(said).toContain('node-broken/bin/node does not run here');
  });
});
