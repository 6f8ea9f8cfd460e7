import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../dev/sample/sample.ts';
import { EXECUTABLE, Machine, ROOT } from '../support/machine.ts';

const ADDON = join(ROOT, 'cgi-bin/better_sqlite3.node');
const EXECUTABLES = ['cgi-bin/update_config', 'scripts/start', 'scripts/maintenance-config'];

let home: string;
let machine: Machine;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'alone-'));
  machine = new Machine({ UPDATE_CONFIG_CACHE_DIR: join(home, 'cache') });
  writeFileSync(machine.path('index.sqlite3'), makeSampleIndex());
});
afterEach(() => {
  machine.remove();
  rmSync(home, { recursive: true });
});

/** The executable and its addon, and nothing else, in a directory of their own. */
function alone(directory: string): string {
  mkdirSync(directory, { recursive: true });
  copyFileSync(ADDON, join(directory, 'better_sqlite3.node'));
  copyFileSync(EXECUTABLE, join(directory, 'update_config'));
  return join(directory, 'update_config');
}

describe('update_config, copied into an empty directory with its addon', () => {
  it('updates a machine, from its own text and then from its cached code', async () => {
    const executable = alone(join(home, 'empty'));
    expect((await machine.post('', { executable })).result).toMatchObject({ outcome: 'updated' });
    for (let again = 0; again < 2; again++) {
      expect((await machine.post('', { executable })).result).toMatchObject({ outcome: 'unchanged' });
    }
  });

  it.each(['module', 'commonjs'])('runs below a package.json that says "type": "%s"', async (type) => {
    writeFileSync(join(home, 'package.json'), JSON.stringify({ type }));
    const executable = alone(join(home, 'cgi-bin'));
    expect((await machine.post('', { executable })).result).toMatchObject({ outcome: 'updated' });
  });

  it('finds its addon when it is called through a symbolic link', async () => {
    const link = join(home, 'update');
    symlinkSync(alone(join(home, 'real')), link);
    expect((await machine.post('', { executable: link })).result).toMatchObject({ outcome: 'updated' });
  });

  it('takes the parent of its directory for the app root', async () => {
    const executable = alone(join(machine.home, 'app/cgi-bin'));
    const { result } = await machine.post('', { executable, env: { APP_ROOT: '' } });
    expect(result.files.at(-1)?.path).toBe(join(machine.home, 'app/config/navigator.yml'));
  });

  it('does not run compiled code that somebody else could have written', async () => {
    const executable = alone(join(home, 'empty'));
    const open = join(home, 'open');
    mkdirSync(open, { mode: 0o777 });
    spawnSync('chmod', ['0777', open]);
    const env = { UPDATE_CONFIG_CACHE_DIR: open };
    expect((await machine.post('', { executable, env })).result).toMatchObject({ outcome: 'updated' });
    expect(spawnSync('ls', ['-A', open], { encoding: 'utf8' }).stdout).toBe('');
  });
});

describe('the executables', () => {
  it.each(EXECUTABLES)('%s answer an old Node with a clear error, as CGI and by hand', (name) => {
    // A preload that takes a modern Node for an old one; everything after it is the executable's own doing.
    const preload = join(home, 'old.cjs');
    writeFileSync(preload, "Object.defineProperty(process.versions, 'node', { value: '20.20.2' });");
    const run = (env: Record<string, string>) =>
      spawnSync(process.execPath, ['--require', preload, join(ROOT, name)], {
        encoding: 'utf8',
        env: { ...machine.env, ...env },
      });
    const cgi = run({ REQUEST_METHOD: 'POST' });
    expect(cgi.status).toBe(1);
    expect(cgi.stdout).toMatch(/^Status: 500 .*\r\n(?:.*\r\n)*\r\n[\s\S]*needs Node 22/);
    const byHand = run({});
    expect({ status: byHand.status, stdout: byHand.stdout }).toEqual({ status: 1, stdout: '' });
    expect(byHand.stderr).toContain('needs Node 22');
  });

  it.each(EXECUTABLES)('%s name no path of the machine they were built on', (name) => {
    const text = readFileSync(join(ROOT, name), 'utf8');
    expect(text).not.toContain(ROOT);
  });

  it('are the same bytes whenever they are built from the same sources', () => {
    const outputs = ['one', 'two'].map((name) => {
      const out = join(home, name);
      const built = spawnSync(process.execPath, [join(ROOT, 'build.mjs'), '--force', '--out', out], {
        encoding: 'utf8',
      });
      expect(built.status, built.stderr).toBe(0);
      return EXECUTABLES.map((executable) => readFileSync(join(out, executable), 'utf8'));
    });
    expect(outputs[0]).toEqual(outputs[1]);
  });
});
