import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { oldNode, renamedNode } from '../../support/build/old-node.ts';
import { Machine, parseAnswer, ROOT } from '../../support/machine/machine.ts';
import { startPublished, storeEnvironment } from '../../support/machine/published.ts';

const machine = new Machine();
afterAll(() => machine.remove());
/** One of another major version, and the last one without the Node-API that the addon is built for. */
const OLD_NODES = [oldNode(machine.home), renamedNode(machine.home, '22.13.1', '9')];

/** A directory that holds one executable and the addon, and nothing else. */
function copyAlone(folder: 'cgi-bin' | 'scripts', name: string, directory: string): string {
  const to = join(machine.home, directory);
  mkdirSync(to, { recursive: true });
  for (const file of [name, 'better_sqlite3.node']) copyFileSync(join(ROOT, folder, file), join(to, file));
  expect(readdirSync(to).sort()).toEqual(['better_sqlite3.node', name].sort());
  return join(to, name);
}

describe('an executable in a directory with nothing but the addon beside it', () => {
  const executable = copyAlone('cgi-bin', 'update_config', 'alone');

  it('says how it is used', async () => {
    const { exitCode, stdout, stderr } = await machine.run(['--help'], { executable });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: update_config/);
  });

  it('fetches an index and installs it', async () => {
    const published = await startPublished();
    try {
      await published.publish(makeSampleIndex(), new Date('2026-01-02T03:04:05Z'));
      const answer = await machine.post('', { executable, env: storeEnvironment(published.settings) });
      expect(answer).toMatchObject({ status: 200, exitCode: 0, result: { outcome: 'updated' } });
      expect(machine.read('navigator.yml')).toMatch(/^auth:/m);
    } finally {
      await published.close();
    }
  });

  it('runs through a symbolic link from elsewhere', async () => {
    const link = join(machine.home, 'link');
    symlinkSync(executable, link);
    expect(await machine.run(['--dry-run'], { executable: link })).toMatchObject({ exitCode: 0 });
  });

  it.each(['module', 'commonjs'])('runs below a package.json of the type %s', async (type) => {
    const below = copyAlone('cgi-bin', 'update_config', `${type}/bin`);
    writeFileSync(join(machine.home, type, 'package.json'), JSON.stringify({ type }));
    expect(await machine.run(['--dry-run'], { executable: below })).toMatchObject({ exitCode: 0 });
  });

  it('takes the parent of its directory for the app root', async () => {
    const below = copyAlone('cgi-bin', 'update_config', 'app/cgi-bin');
    const { result } = await machine.post('', { executable: below, env: { APP_ROOT: '' } });
    expect(result.files.at(-1)?.path).toBe(join(machine.home, 'app/config/navigator.yml'));
  });

  it.each(['start', 'ready', 'resume', 'maintenance-config'])('%s runs as well', async (name) => {
    const script = copyAlone('scripts', name, `alone-${name}`);
    expect(await machine.run([], { executable: script })).toMatchObject({ exitCode: 0, signal: null });
  });
});

describe('an executable without its addon', () => {
  it.each([
    ['is not there', null],
    ['is none', 'cut short'],
  ])('that %s says which file belongs beside it', async (what, content) => {
    const executable = copyAlone('cgi-bin', 'update_config', `addon-${what}`);
    const addon = join(dirname(executable), 'better_sqlite3.node');
    rmSync(addon);
    if (content !== null) writeFileSync(addon, content);
    const { status, result } = await machine.post('', { executable });
    expect(status).toBe(500);
    expect(result.error).toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining(addon),
      hint: expect.stringContaining('better_sqlite3.node'),
    });
  });
});

const REFUSED = OLD_NODES.flatMap(({ path, version }) =>
  ['cgi-bin/update_config', 'scripts/start', 'scripts/maintenance-config'].map((name) => ({
    name,
    path,
    version,
  })),
);

describe.each(REFUSED)('$name on Node $version, older than 22.14', ({ name, path, version }) => {
  // No addon here: it must not be asked for.
  const executable = join(machine.home, `old-${version}`, name);
  mkdirSync(dirname(executable), { recursive: true });
  copyFileSync(join(ROOT, name), executable);
  const cacheDir = join(machine.home, `cache-${version}`);
  const env = { PATH: path, UPDATE_CONFIG_CACHE_DIR: cacheDir };
  const complaint = `needs Node 22.14 or newer, and was started with v${version}`;

  it('answers a CGI request with an error that says what to do', async () => {
    const run = await machine.run([], { executable, env: { ...env, REQUEST_METHOD: 'POST' } });
    const answer = parseAnswer(run);
    expect(run).toMatchObject({ exitCode: 1, signal: null, stderr: '' });
    expect(answer.status).toBe(500);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(Buffer.byteLength(answer.body)),
    });
    expect(answer.body).toContain(complaint);
    expect(answer.body).toContain('Install a newer Node');
  });

  it('tells a person the same on standard error', async () => {
    const { exitCode, stdout, stderr } = await machine.run([], { executable, env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(complaint);
    expect(existsSync(cacheDir)).toBe(false);
  });
});
