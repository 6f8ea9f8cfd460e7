import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../dev/sample/sample.ts';
import { Machine, ROOT } from '../support/machine.ts';
import { type Published, startPublished } from '../support/published.ts';

const FIRST = makeSampleIndex();
const EARLIER = new Date('2026-01-02T03:04:05Z');

let published: Published;
let machine: Machine;
beforeAll(async () => {
  published = await startPublished();
});
afterAll(() => published.close());
beforeEach(async () => {
  await published.publish(FIRST, EARLIER);
  machine = new Machine(published.env);
});
afterEach(() => machine.remove());

describe('scripts/start', () => {
  const start = (env: Record<string, string> = {}) =>
    machine.run([], { executable: join(ROOT, 'scripts/start'), env });

  it('writes htpasswd from the local index, and nothing else, without the network', async () => {
    writeFileSync(machine.path('index.sqlite3'), FIRST);
    const answer = await start({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    expect(answer.exitCode, answer.stdout).toBe(0);
    expect(machine.read('htpasswd')).toContain('ada:');
    expect(() => statSync(machine.path('navigator.yml'))).toThrow('ENOENT');
  });

  it('knows no options but --help, and does nothing with either', async () => {
    writeFileSync(machine.path('index.sqlite3'), FIRST);
    const before = machine.snapshot();
    const executable = join(ROOT, 'scripts/start');
    expect(await machine.run(['--help'], { executable })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Usage: start'),
    });
    expect((await machine.run(['--force'], { executable })).exitCode).toBe(2);
    expect(machine.snapshot()).toEqual(before);
  });

  it('fails where Navigator would otherwise let everybody in: no index and no htpasswd', async () => {
    expect((await start()).exitCode).toBe(1);
  });

  it('keeps the site up with the old htpasswd when the index is not usable', async () => {
    await machine.run([]);
    const before = machine.read('htpasswd');
    writeFileSync(machine.path('index.sqlite3'), 'no database');
    const answer = await start();
    expect(answer.exitCode).toBe(0);
    expect(answer.stdout).toContain('index-invalid');
    expect(machine.read('htpasswd')).toBe(before);
  });
});

describe('scripts/maintenance-config', () => {
  const run = (...args: string[]) =>
    machine.run(args, { executable: join(ROOT, 'scripts/maintenance-config') });

  it('writes navigator-maintenance.yml once, and says when it is up to date', async () => {
    expect((await run()).stdout).toContain('wrote');
    const text = readFileSync(join(machine.appRoot, 'config/navigator-maintenance.yml'), 'utf8');
    expect(text).toContain('enabled: true');
    expect((await run()).stdout).toContain('up to date');
  });

  it('is not disturbed by an update that runs at the same time', async () => {
    const staged = join(
      machine.appRoot,
      'config/.navigator-maintenance.yml.20260102T030405678Z-1f2e3d.staged',
    );
    mkdirSync(join(machine.appRoot, 'config'));
    writeFileSync(staged, 'server:\n');
    expect((await machine.run([])).exitCode).toBe(0);
    expect(readFileSync(staged, 'utf8')).toBe('server:\n');
  });

  it('knows no options but --help', async () => {
    expect((await run('--help')).exitCode).toBe(0);
    expect((await run('--force')).exitCode).toBe(2);
  });
});
