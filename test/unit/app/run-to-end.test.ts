/** What is told of an error that nobody foresaw, by each executable that has no log. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runConfigUpdate } from '../../../src/app/fleet/fleet-command.ts';
import type { Stop } from '../../../src/app/fleet/stop-signals.ts';
import type { World } from '../../../src/app/machine/machine-context.ts';
import { writeMaintenanceConfig } from '../../../src/app/machine/maintenance.ts';
import { runOnboard } from '../../../src/app/onboard/onboard-command.ts';
import { runFleetSim } from '../../../src/app/rehearsal/rehearsal-command.ts';
import { Failure } from '../../../src/failure.ts';

const SECRET = 'hunter2hunter2';
const STACK = /^TypeError: odd \[redacted\]\n +at .*run-to-end\.test\.ts/m;
const ODD = new TypeError(`odd ${SECRET}`);
const TOLD = 'Failed (internal): unexpected: odd [redacted]\nWhat to do: Report it, with its stack: ';

function worldOf(name: string, problem: unknown): World {
  return { env: { SOME_TOKEN: SECRET }, defaultAppRoot: '/', name, problem: problem as Failure };
}

/** What a call says, and its exit code. */
async function told(call: (streams: ReturnType<typeof collector>) => Promise<number>) {
  const streams = collector();
  return { exitCode: await call(streams), ...streams.said };
}

function collector() {
  const said = { stdout: '', stderr: '' };
  return {
    said,
    write: (text: string) => {
      said.stdout += text;
    },
    complain: (text: string) => {
      said.stderr += text;
    },
  };
}

/** No signal ever comes. */
const stop: Stop = {
  signal: new AbortController().signal,
  exitCode: () => null,
  onStop: () => {},
  interrupt: () => {},
};

describe('an error that was not foreseen is told with its stack, without secrets', () => {
  it('by maintenance-config', async () => {
    const odd = await told((streams) => writeMaintenanceConfig(worldOf('x', ODD), [], streams));
    expect(odd).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(STACK) });
    expect(odd.stderr).toContain(TOLD);
    const failure = new Failure('disk', 'it is full', { hint: 'Free some.' });
    expect(await told((streams) => writeMaintenanceConfig(worldOf('x', failure), [], streams))).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Failed (disk): it is full\nWhat to do: Free some.\n',
    });
  });

  it('by fleet-sim', async () => {
    const env = { SOME_TOKEN: SECRET };
    const odd = await told(({ complain }) => {
      const write = () => {
        throw ODD;
      };
      return runFleetSim(env, ['--etag', 'abc'], { write, complain }, AbortSignal.abort());
    });
    expect(odd).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(STACK) });
    expect(odd.stderr).toContain(TOLD);
  });

  it('by onboard', async () => {
    const odd = await told((streams) => {
      const world = worldOf('onboard', undefined);
      Object.defineProperty(world, 'defaultAppRoot', {
        get: () => {
          throw ODD;
        },
      });
      const where = { input: null, columns: () => 80, isTerminal: false, stop, configUpdate: '' };
      return runOnboard(world, ['--no-run', '--yes'], { ...streams, ...where });
    });
    expect(odd).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(STACK) });
    expect(odd.stderr).toContain('onboard: unexpected: odd ');
  });

  it('by config-update before there is a run, on standard output for a person', async () => {
    const call = (...args: string[]) =>
      told((streams) => runConfigUpdate(worldOf('x', ODD), args, { ...streams, screen: null, stop }));
    const lines = await call('--history');
    expect(lines).toMatchObject({ exitCode: 1, stderr: '', stdout: expect.stringMatching(STACK) });
    expect(lines.stdout).toContain(TOLD);
    const { stdout, stderr } = await call('--history', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', error: { code: 'internal' } });
    expect(stderr).toMatch(STACK);
  });
});

it('a log without a file has the stack on standard error, and nothing else', () => {
  const source = (path: string) => join(import.meta.dirname, '../../../src', path);
  const program = `
    const { pinoReport } = await import('${source('report/log.ts')}');
    const { createScrubber } = await import('${source('report/redact.ts')}');
    const options = { standardError: false, name: 'x', base: {}, scrubber: createScrubber([]) };
    for (const logDir of [null, '/nowhere']) {
      const log = pinoReport({ ...options, logDir });
      log.report({ v: 1, run: null, seq: 1, at: new Date().toISOString(), type: 'note', message: 'quiet' });
      log.exception(new TypeError('odd'));
      await log.close();
    }`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const lines = run.stderr.trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['odd', 'odd']);
});
