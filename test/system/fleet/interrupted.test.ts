import { once } from 'node:events';
import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stateDirOf } from '../../../src/database/state-dir.ts';
import { CONFIG_UPDATE, FleetHost, type MachineHome } from '../../support/fleet/fleet-host.ts';
import { BackAndForth } from '../../support/machine/converging.ts';
import { killAt, recordCalls, spread } from '../../support/system/strace.ts';

// A test has dozens of runs killed and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

type Moment = readonly [string, (line: string) => boolean];

/**
 * By what it has just said. Between these moments it looks for machines, and waits: nothing changes that the next run could
 * find, in the store or on a machine. A signal that it heeds is tried where it has to give up something of its own.
 */
const READS: Moment = ['it reads the index', (line) => line.startsWith('Step 1: ')];
const PUBLISHED: Moment = ['the index is published', (line) => line.startsWith('Published the index')];
const FOUND: Moment = ['it has found the machines', (line) => line.startsWith('Will update ')];
const ASKS: Moment = ['it asks the machines', (line) => line.startsWith('Step 3: ')];
const FIRST_DONE: Moment = ['the first is done', (line) => line.endsWith('✓ Success')];
const ALL_DONE: Moment = ['all are done', (line) => line.startsWith('Successfully updated: ')];

/** Machines: one that may be done, and one that may not. */
const MACHINES = 2;

describe('a run over machines with a real CGI', () => {
  let host: FleetHost;
  let fleet: BackAndForth;
  beforeAll(async () => {
    host = await FleetHost.start(['--machines', String(MACHINES)], { real: true });
    fleet = await BackAndForth.begin(host);
  });
  afterAll(() => host.close());

  const begunUntil = async (fits: Moment[1]) => {
    fleet.change();
    const run = host.start();
    expect(await run.printed(fits)).not.toBe(null);
    return run;
  };

  it.each([PUBLISHED, ASKS, FIRST_DONE, ALL_DONE])(
    'that is killed when %s leaves no machine half updated, and the next run completes',
    async (_, fits) => {
      const run = await begunUntil(fits);
      run.kill('SIGKILL');
      await run.ended;
      expect(await fleet.problemsLeft()).toEqual([]);
      await fleet.expectCompleted();
    },
  );

  it.each([READS, FOUND, FIRST_DONE])(
    'that is interrupted when %s says so and ends, and the next run completes',
    async (_, fits) => {
      const run = await begunUntil(fits);
      run.kill('SIGINT');
      const { exitCode, stdout, stderr } = await run.ended;
      // It may have been through already.
      const isThrough = stdout.includes(`\nSuccessfully updated: ${MACHINES} machines\n`);
      expect({ exitCode, stderr }).toEqual({ exitCode: isThrough ? 0 : 130, stderr: '' });
      if (!isThrough) expect(stdout).toMatch(/^Failed \(cancelled\): /m);
      expect(await fleet.problemsLeft()).toEqual([]);
      await fleet.expectCompleted();
    },
  );

  const PLACES: readonly [string, (machine: MachineHome) => string][] = [
    ['keeps what it replaces', ({ dbDir }) => join(stateDirOf(dbDir), 'generations')],
    ['installs files in its db dir', ({ dbDir }) => dbDir],
    ['installs its navigator.yml', ({ appRoot }) => join(appRoot, 'config')],
  ];
  for (const [doing, place] of PLACES) {
    it(`that is killed when a machine ${doing} leaves none half updated, and the next run completes`, async () => {
      fleet.change();
      const first = firstChange(host.machines.map(place));
      const run = host.start();
      await first;
      run.kill('SIGKILL');
      await run.ended;
      expect(await fleet.problemsLeft()).toEqual([]);
      await fleet.expectCompleted();
    });
  }
});

/** Resolves when something is made, renamed or written in one of the directories. */
async function firstChange(directories: readonly string[]): Promise<void> {
  const watchers = directories.map((directory) => watch(directory));
  await Promise.race(watchers.map((watcher) => once(watcher, 'change')));
  for (const watcher of watchers) watcher.close();
}

describe('a run killed at a system call', () => {
  it('leaves nothing that blocks the next run, and no stray files', async () => {
    const host = await FleetHost.start(['--machines', '2', '--delay', '5'], { real: false });
    try {
      const env = { ...host.environment(), FLEET_KEEP_PUBLISHED: '2' };
      const options = { executable: CONFIG_UPDATE, args: [], env };
      expect(await host.run()).toMatchObject({ exitCode: 0 });
      host.changeIndex();
      const calls = await recordCalls(host.admin, options);
      const paths = () => readdirSync(host.admin.home, { recursive: true, encoding: 'utf8' }).sort();
      const [first, second] = [host.index, makeOther(host)];
      // From now on the last two that were replaced are these two: their copies are kept for an undo.
      for (const image of [second, first, second]) {
        host.writeIndex(image);
        expect(await host.run([], env)).toMatchObject({ exitCode: 0 });
      }
      const clean = paths();
      // Most calls look at something: the next run finds the same index and the same machines. These go through all phases.
      const chosen = spread(calls, 10);
      let killed = 0;
      for (const [at, call] of chosen.entries()) {
        host.writeIndex(at % 2 === 0 ? first : second);
        if (await killAt(host.admin, call, options)) killed += 1;
        const { exitCode, report } = await host.report([], env);
        expect({ call, exitCode, outcome: report.outcome }).toMatchObject({ exitCode: 0, outcome: 'done' });
        const etag = report.index?.etag;
        expect(report.machines.map((machine) => machine.etag)).toEqual([etag, etag]);
        expect({ call, paths: paths() }).toEqual({ call, paths: clean });
      }
      expect(killed).toBeGreaterThan(chosen.length / 2);
    } finally {
      await host.close();
    }
  });
});

function makeOther(host: FleetHost): Buffer {
  host.changeIndex();
  return host.index;
}
