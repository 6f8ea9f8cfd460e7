import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import type { RunEvent } from '../../../src/report/events.ts';
import { decoded } from '../../support/machine/decoded.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { LATER, SECOND, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

useSource();
const here = useMachine();

/** What is printed with `--events`, and the exit code. */
async function events(args: readonly string[], executable?: string) {
  const { stdout, stderr, exitCode } = await here.machine.run(
    ['--events', ...args],
    executable === undefined ? {} : { executable: join(ROOT, 'scripts', executable) },
  );
  expect(stderr).toBe('');
  return { exitCode, told: decoded(stdout) };
}

/** The steps that were announced, and those that were done with how many there were by then. */
function stepsOf(told: readonly RunEvent[]) {
  const announced = told.flatMap((event) => (event.type === 'run-began' ? event.steps : []));
  const done = told.flatMap((event) =>
    event.type === 'step-done' ? [`${event.name} ${event.number}/${event.of}`] : [],
  );
  return { announced: announced.map(({ name }) => name), done };
}

const ALL = ['fetch', 'lock', 'read', 'generate', 'check', 'install'];

describe('update_config --events', () => {
  it('announces its steps, does all of them, and ends with the result', async () => {
    here.machine.isFromSource = false;
    const { told, exitCode } = await events([]);
    expect(exitCode).toBe(0);
    expect(stepsOf(told)).toEqual({
      announced: ALL,
      done: ALL.map((name, at) => `${name} ${at + 1}/6`),
    });
    expect(told.at(-1)).toMatchObject({ kind: 'update', result: { outcome: 'updated' } });
    expect(told.find(({ type }) => type === 'run-began')).toMatchObject({
      ...{ kind: 'update', operation: 'update', trigger: 'command', by: null },
      target: expect.any(String),
    });
  });

  it('ends early if nothing is to be installed, and the text says so, too', async () => {
    await events([]);
    const { told } = await events([]);
    expect(stepsOf(told)).toEqual({
      announced: ALL,
      done: ['fetch 1/6', 'lock 2/6', 'read 3/6', 'generate 4/4'],
    });
    expect((await here.machine.run([])).stdout).toMatch(/Step 4\/4: [^\n]*\)\n[^\n]*File /);
    const { body: text } = await here.machine.post();
    expect(text.match(/Step \d\/\d/g)).toEqual(['Step 1/4', 'Step 2/4', 'Step 3/4', 'Step 4/4']);
  });

  it.each([
    [['--dry-run'], ['fetch', 'read', 'generate', 'check', 'compare'], 'dry-run'],
    [['--force'], ALL, 'updated'],
    [['--rollback'], ['lock', 'rollback', 'read', 'generate', 'check', 'install'], 'updated'],
  ])('with %j does all steps that it has announced', async (args, announced, outcome) => {
    await events([]);
    await here.published.publish(SECOND, LATER);
    await events([]);
    const { told } = await events(args);
    expect(stepsOf(told)).toEqual({
      announced,
      done: announced.map((name, at) => `${name} ${at + 1}/${announced.length}`),
    });
    expect(told.at(-1)).toMatchObject({ kind: 'update', result: { outcome } });
  });

  it('reports rows that are left out, and a failure', async () => {
    here.machine.isFromSource = false;
    writeFileSync(here.machine.path('index.sqlite3'), 'no database');
    here.machine.env['AWS_ENDPOINT_URL_S3'] = 'http://127.0.0.1:9';
    here.machine.env['UPDATE_CONFIG_TIMEOUT'] = '1';
    const { told, exitCode } = await events([]);
    expect(exitCode).toBe(1);
    expect(told.at(-1)).toMatchObject({ result: { outcome: 'failed', error: { code: expect.any(String) } } });
  });

  it.each([[['--nonsense']], [['--json']], [['--history']], [['--generations']], [['--warnings']]])(
    'with %j says why it does not begin',
    async (args) => {
      const { told, exitCode } = await events(args);
      expect(exitCode).toBe(2);
      expect(told.at(-1)).toMatchObject({ kind: 'update', result: { error: { code: 'usage' } } });
    },
  );
});

describe('start --events', () => {
  it('ends with the last of its steps, whether or not it has something to do', async () => {
    writeFileSync(here.machine.path('index.sqlite3'), makeSampleIndex());
    const start = async (): Promise<string[]> => {
      const { stdout } = await here.machine.run([], { executable: join(ROOT, 'scripts/start') });
      return stdout.match(/Step \d\/\d: [^\n]*\)/g) ?? [];
    };
    expect((await start()).at(-1)).toMatch(/^Step 4\/4: Install/);
    expect((await start()).at(-1)).toMatch(/^Step 2\/2: Validate/);
  });
});

describe('ready --events', () => {
  it('reports each page, and ends with the summary', async () => {
    writeFileSync(here.machine.path('index.sqlite3'), makeSampleIndex());
    const { told, exitCode } = await events(['--only', 'pages'], 'ready');
    expect(exitCode).toBe(0);
    expect(stepsOf(told)).toEqual({ announced: ['index', 'pages'], done: ['index 1/2', 'pages 2/2'] });
    expect(told.filter((event) => event.type === 'item' && event.kind === 'page').length).toBeGreaterThan(3);
    expect(told.at(-1)).toMatchObject({ kind: 'operation', result: { operation: 'ready', outcome: 'done' } });
  });

  it('cannot be combined with a listing', async () => {
    const { told, exitCode } = await events(['--list'], 'ready');
    expect(exitCode).toBe(2);
    expect(told.at(-1)).toMatchObject({ kind: 'operation', result: { error: { code: 'usage' } } });
  });
});

describe('sync-databases --events', () => {
  it('ends with the summary', async () => {
    await events([]);
    const { told, exitCode } = await events(['--dry-run'], 'sync-databases');
    expect(exitCode).toBe(0);
    expect(stepsOf(told).announced).toEqual(['look', 'upload', 'download']);
    expect(told.at(-1)).toMatchObject({ kind: 'operation', result: { outcome: 'dry-run' } });
  });

  it('ends with a summary even if no store is configured, so that it does nothing', async () => {
    await events([]);
    for (const name of Object.keys(here.machine.env)) if (/^AWS_/.test(name)) delete here.machine.env[name];
    const { told, exitCode } = await events([], 'sync-databases');
    expect(exitCode).toBe(0);
    expect(told.at(-1)).toMatchObject({ kind: 'operation', result: { outcome: 'done', steps: [] } });
  });

  it('reports the update with --index-only', async () => {
    rmSync(here.machine.path('index.sqlite3'), { force: true });
    const { told } = await events(['--index-only'], 'sync-databases');
    expect(told.at(-1)).toMatchObject({ kind: 'update', result: { outcome: 'updated' } });
  });
});
