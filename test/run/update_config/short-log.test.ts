/** Anybody may POST, at any rate, and the log stands on the volume of the databases: what changes nothing is one line. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { stagedPath } from '../../../src/files/staged-names.ts';
import { FLY_MACHINE, LATER, SECOND, useMachine } from '../../support/machine/use-machine.ts';
import { killAt } from '../../support/system/strace.ts';

type Line = Readonly<Record<string, unknown>>;

const here = useMachine(FLY_MACHINE);
let logs: string;
let read: number;

beforeEach(async () => {
  logs = join(here.machine.home, 'log');
  mkdirSync(logs);
  here.machine.env['RAILS_LOG_VOLUME'] = logs;
  read = 0;
  await here.machine.post();
  newLog();
});

/** What came into the log since this was last asked. */
function newLog(): string {
  const path = join(logs, 'update_config.log');
  const log = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const text = log.slice(read);
  read = log.length;
  return text;
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

const events = (text: string): unknown[] => linesOf(text).map(({ event }) => event);

describe('the log of a request', () => {
  it('that changed nothing is one short line: run, outcome, ETag, duration', async () => {
    const { result, stderr } = await here.machine.post();
    const text = newLog();
    expect(text.length).toBeLessThan(400);
    // Nobody keeps that, and who watches a run sees it as it happens.
    expect(events(stderr)[0]).toBe('run');
    expect(linesOf(text)).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        name: 'update_config',
        machine: 'd8912',
        region: 'iad',
        version: expect.stringMatching(/^\d+\.\d+\.\d+\+[0-9a-f]+$/),
        pid: expect.any(Number),
        event: 'end',
        run: result.run,
        outcome: 'unchanged',
        etag: here.etag,
        ms: expect.any(Number),
        msg: 'unchanged',
      },
    ]);
  });

  it('for the state is one short line', async () => {
    const { stderr } = await here.machine.post('state=1');
    const text = newLog();
    expect(text).toBe(stderr);
    expect(text.length).toBeLessThan(400);
    expect(linesOf(text)).toMatchObject([
      { event: 'state', outcome: 'state', etag: here.etag, msg: 'answered with its state' },
    ]);
  });

  it('that changed something has every line', async () => {
    await here.published.publish(SECOND, LATER);
    const { result, stderr } = await here.machine.post();
    const text = newLog();
    expect(text).toBe(stderr);
    const steps = linesOf(text).filter(({ event }) => event === 'step-done');
    expect(steps.map(({ step }) => step)).toEqual(result.steps.map(({ name }) => name));
    expect(events(text)[0]).toBe('run');
    expect(linesOf(text).at(-1)).toMatchObject({
      event: 'end',
      result: { outcome: 'updated', run: result.run },
    });
  });

  it('that failed has every line', async () => {
    await here.machine.post('', { env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' } });
    expect(linesOf(newLog())).toMatchObject([
      { event: 'run' },
      { event: 'step-done', step: 'fetch' },
      { event: 'step-done', step: 'lock' },
      { event: 'end', level: 'error', result: { error: { code: 'store-unreachable' } } },
    ]);
  });

  it('that was killed during the installation has all lines up to then', async () => {
    await here.published.publish(SECOND, LATER);
    // The second file is renamed into its place.
    expect(await killAt(here.machine, { name: 'rename', nth: 3, text: '' }, {})).toBe(true);
    const said = linesOf(newLog());
    expect(said[0]).toMatchObject({ event: 'run', trigger: 'cgi' });
    const steps = said.filter(({ event }) => event === 'step-done').map(({ step }) => step);
    expect(steps).toEqual(['fetch', 'lock', 'read', 'generate', 'check']);
  });

  it('that cleared away the leftovers of a killed one says so, even if nothing else changed', async () => {
    const left = stagedPath(here.machine.path('htpasswd'), '20260102T030405678Z-1f2e3d');
    writeFileSync(left, 'left');
    const { result } = await here.machine.post();
    expect(result.outcome).toBe('unchanged');
    expect(existsSync(left)).toBe(false);
    expect(linesOf(newLog())).toMatchObject([
      { event: 'note', msg: expect.stringContaining('left by a run that was cut short') },
      { event: 'end', outcome: 'unchanged' },
    ]);
  });
});
