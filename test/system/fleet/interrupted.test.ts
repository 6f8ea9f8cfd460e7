import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stateDirOf } from '../../../src/database/state-dir.ts';
import { FleetHost, type MachineHome } from '../../support/fleet/fleet-host.ts';
import { BackAndForth } from '../../support/machine/converging.ts';

// Runs over machines with a real CGI each are ended and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

type Moment = readonly [string, (line: string) => boolean];

/**
 * By what it has just said. Between these moments it looks for machines, and waits: nothing changes that the next run could
 * find, in the store or on a machine. What a kill leaves in the store and on this host, before machines are asked and when all
 * are done, is what `test/run/config-update/kill.test.ts` goes through. A signal that it heeds is tried where it has to give up something of its own.
 */
const READS: Moment = ['it reads the index', (line) => line.startsWith('Step 1: ')];
const FOUND: Moment = ['it has found the machines', (line) => line.startsWith('Will update ')];
const ASKS: Moment = ['it asks the machines', (line) => line.startsWith('Step 3: ')];
const FIRST_DONE: Moment = ['the first is done', (line) => line.endsWith('✓ Success')];

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

  it.each([ASKS, FIRST_DONE])(
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
