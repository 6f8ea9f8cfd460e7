import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { makeProgram } from '../../support/build/program.ts';
import { FEW } from '../../support/indexes/few.ts';
import { Machine } from '../../support/machine/machine.ts';

const INDEX = makeSampleIndex(FEW);

let machine: Machine;
let directory: string;

beforeEach(() => {
  machine = new Machine();
  directory = join(machine.home, 'cache');
  machine.env = { ...machine.env, UPDATE_CONFIG_CACHE_DIR: directory };
  writeFileSync(machine.path('index.sqlite3'), INDEX);
});
afterEach(() => machine.remove());

const files = () => readdirSync(directory).map((name) => join(directory, name));
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

async function update(outcome: 'updated' | 'unchanged', env: Record<string, string> = {}): Promise<void> {
  const answer = await machine.post('', { env });
  expect(answer).toMatchObject({ status: 200, exitCode: 0, result: { outcome } });
}

describe('compiled code', () => {
  it('is kept by an update, where nobody else can read or write it', async () => {
    await update('updated');
    expect(modeOf(directory)).toBe('700');
    expect(files().length).toBeGreaterThan(1);
    for (const path of files()) expect(modeOf(path), path).toBe('600');
  });

  it('is taken as it is by later runs, which add what they alone have compiled', async () => {
    await update('updated');
    const kept = files().map((path) => [path, statSync(path).ino]);
    await update('unchanged');
    expect(files().map((path) => [path, statSync(path).ino])).toEqual(kept);
    await machine.run(['--dry-run']);
    expect(files().length).toBeGreaterThan(kept.length);
  });

  it('changes nothing in what is written', async () => {
    await update('updated');
    const before = machine.read('navigator.yml');
    for (const name of ['navigator.yml', 'map.yml'] as const) rmSync(machine.path(name));
    await update('updated');
    expect(machine.read('navigator.yml')).toBe(before);
    await update('unchanged', { UPDATE_CONFIG_CACHE_DIR: 'off' });
  });

  it('is not kept by a run that fails, or that is of another kind than usual', async () => {
    expect((await machine.run(['--help'])).exitCode).toBe(0);
    expect((await machine.post('', { env: { REQUEST_METHOD: 'GET' } })).status).toBe(405);
    expect((await machine.post('dry_run=1')).status).toBe(401);
    expect(existsSync(directory)).toBe(false);
  });

  it.each(['off', 'some/where'])(
    'is not kept if the setting is %s, which is not an absolute path',
    async (named) => {
      const cwd = readdirSync(process.cwd());
      await update('updated', { UPDATE_CONFIG_CACHE_DIR: named });
      expect(existsSync(directory)).toBe(false);
      expect(readdirSync(process.cwd())).toEqual(cwd);
    },
  );
});

describe('compiled code that cannot be trusted', () => {
  const SOURCE = "console.log('from the source');\n";

  /** Spoils what a small program has left, then holds that it runs and has put something good there. */
  async function expectReplaced(spoil: (path: string) => void): Promise<void> {
    const executable = join(machine.home, 'bin/program');
    makeProgram(executable, 'program', { program: SOURCE });
    const run = async (): Promise<void> => {
      const done = { exitCode: 0, stdout: 'from the source\n', stderr: '' };
      expect(await machine.run([], { executable })).toMatchObject(done);
    };
    await run();
    const [path = expect.unreachable('nothing was kept')] = files();
    const good = readFileSync(path);
    spoil(path);
    await run();
    expect(statSync(path).isFile()).toBe(true);
    expect(modeOf(path)).toBe('600');
    // What it compiled may differ; that it stands proved is what counts.
    const { ino } = statSync(path);
    await run();
    expect(statSync(path).ino).toBe(ino);
    expect(readFileSync(path).length).toBeGreaterThan(good.length / 2);
  }

  it('is replaced when a bit of it has changed', async () => {
    await expectReplaced((path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    });
  });

  it.each([0, 10, 200])('is replaced when it was cut short to %i bytes', async (length) => {
    await expectReplaced((path) => {
      const bytes = readFileSync(path);
      expect(bytes.length).toBeGreaterThan(length);
      writeFileSync(path, bytes.subarray(0, length));
    });
  });

  it.each([0o620, 0o602])('is replaced when others could have written to it (mode %o)', async (mode) => {
    await expectReplaced((path) => chmodSync(path, mode));
  });

  it('is replaced when it is a link to another file', async () => {
    await expectReplaced((path) => {
      renameSync(path, join(machine.home, 'moved'));
      symlinkSync(join(machine.home, 'moved'), path);
    });
  });

  it('is not written into a directory that others can write to', async () => {
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    await update('updated');
    expect(files()).toEqual([]);
  });

  it('is not written through a link to a directory', async () => {
    mkdirSync(join(machine.home, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(machine.home, 'elsewhere'), directory);
    await update('updated');
    expect(files()).toEqual([]);
  });

  it('does not stop the program if a file is in the place of its directory', async () => {
    writeFileSync(directory, '');
    await update('updated');
  });
});
