import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { readHistory } from '../../../src/journal/history.ts';
import { type Answered, Machine, ROOT } from '../../support/machine/machine.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { INSTALLED, standOf } from '../../support/machine/stand.ts';
import { expectReport } from '../../support/machine/station.ts';
import { useSource } from '../../support/machine/use-source.ts';

const RESUME = join(ROOT, 'scripts/resume');
const FIRST = makeSampleIndex();
const SECOND = changeSample(FIRST).index;

useSource();
let published: Published;
let machine: Machine;

beforeEach(async () => {
  published = await startPublished();
  machine = new Machine({
    ...published.env,
    FLY_APP_NAME: 'smooth',
    FLY_REGION: 'iad',
    FLY_MACHINE_ID: 'd89',
  });
  await published.publish(FIRST, new Date('2026-01-02T03:04:05Z'));
});

afterEach(async () => {
  machine.remove();
  await published.close();
});

const resume = (args: string[] = [], env: Record<string, string> = {}): Promise<Answered> =>
  machine.run(args, { executable: RESUME, env });

describe('the resume hook', () => {
  it('installs the index that was published while the machine slept, as a POST would have', async () => {
    machine.isFromSource = false;
    expect((await machine.post()).result.outcome).toBe('updated');
    await published.publish(SECOND, new Date('2026-01-03T00:00:00Z'));
    const began = Date.now();
    const { exitCode, stdout, stderr } = await resume();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expectReport(stdout);
    expect(stdout).toContain('(resume)');
    // Navigator reloads when the file is newer than the end of its last load.
    expect(statSync(machine.path('navigator.yml')).mtimeMs).toBeGreaterThan(began);
    expect((await readHistory(machine.dbDir, 10)).map(({ trigger, outcome }) => [trigger, outcome])).toEqual([
      ['resume', 'updated'],
      ['cgi', 'updated'],
    ]);

    const other = new Machine(machine.env);
    other.env = { ...machine.env, APP_ROOT: other.appRoot, RAILS_DB_VOLUME: other.dbDir };
    await other.post();
    const plain = (owner: Machine) =>
      INSTALLED.slice(1).map((name) => owner.read(name as 'htpasswd').replaceAll(owner.home, '~'));
    expect(plain(machine)).toEqual(plain(other));
    expect(standOf(machine)['index.sqlite3']).toBe(standOf(other)['index.sqlite3']);
    other.remove();
  });

  it('touches nothing when nothing was published meanwhile', async () => {
    await machine.post();
    const before = machine.snapshot();
    const { exitCode, stdout } = await resume();
    expect({ exitCode, unchanged: stdout.includes('Summary: unchanged') }).toEqual({
      exitCode: 0,
      unchanged: true,
    });
    expect(machine.snapshot()).toEqual(before);
  });

  it('serves from the index that it has when the store is out of reach, says so and what to do, and changes nothing', async () => {
    await machine.post();
    const before = machine.snapshot();
    const { exitCode, stdout } = await resume([], { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    expect(exitCode).toBe(0);
    expectReport(stdout);
    expect(stdout).toMatch(/the update failed \(store-unreachable\): .*\n.*What to do: /);
    expect(machine.snapshot()).toEqual(before);
  });

  it('works from the local index where no store is configured', async () => {
    await machine.post();
    const { exitCode } = await resume([], {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_ENDPOINT_URL_S3: '',
    });
    expect(exitCode).toBe(0);
  });

  it('logs to a file of its own name', async () => {
    const logs = join(machine.home, 'log');
    mkdirSync(logs);
    await resume([], { RAILS_LOG_VOLUME: logs });
    const lines = readFileSync(join(logs, 'resume.log'), 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ name: 'resume', event: 'end' });
  });

  it('explains itself with --help, and refuses unknown arguments', async () => {
    machine.isFromSource = false;
    expect(await resume(['--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Usage: resume'),
    });
    expect(await resume(['--force'])).toMatchObject({ exitCode: 2 });
    expect(await readHistory(machine.dbDir, 10)).toEqual([]);
  });

  it('fails without a stack if a setting makes no sense', async () => {
    const { exitCode, stdout } = await resume([], { UPDATE_CONFIG_LOCK_TIMEOUT: 'soon' });
    expect({ exitCode, told: stdout.includes('config-invalid') }).toEqual({ exitCode: 1, told: true });
    expect(stdout).not.toContain('    at ');
  });
});
