/** A kill at any moment leaves no half database; the next update, or the ready hook, completes what was begun. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { shareReadyStands } from '../../support/new-events/prepared.ts';
import { Stand, seeded } from '../../support/new-events/stand.ts';
import { READY } from '../../support/ready/ready.ts';
import { killAt, mostOf, recordCalls, spread, turns } from '../../support/system/strace.ts';

// A test has dozens of runs killed and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

shareReadyStands();

const ONE = { id: 1, date: '2026-05-01' };
const TWO = { id: 2, key: 'gala', name: 'Winter Gala' };

/**
 * Of the calls that leave different states on disk so many, spread evenly: enough for each step of the two databases (noted,
 * staged, put in place, struck out) to be cut off in its middle. What the installer does around it has tests of its own.
 */
const KILLS = 7;

/**
 * A machine of which one event has another path since, and to which one has come.
 *
 * @param further is done before the state is kept that `reset` brings back
 */
async function changed(
  further: (stand: Stand) => unknown = () => {},
): Promise<{ stand: Stand; reset: () => void }> {
  const stand = await Stand.ready([ONE]);
  const db = openDatabase(stand.path('2026-boston'));
  db.exec("UPDATE events SET location = 'Ballroom'");
  db.close();
  await stand.publish(ONE, TWO);
  await further(stand);
  const template = mkdtempSync(join(tmpdir(), 'kill-'));
  onTestFinished(() => rmSync(template, { recursive: true, force: true }));
  cpSync(stand.machine.home, template, { recursive: true, preserveTimestamps: true });
  const reset = () => {
    rmSync(stand.machine.home, { recursive: true });
    cpSync(template, stand.machine.home, { recursive: true, preserveTimestamps: true });
  };
  return { stand, reset };
}

function expectWhole(stand: Stand): void {
  expect(stand.content('2026-boston-showcase').events).toMatchObject([
    { location: 'Ballroom', date: ONE.date },
  ]);
  expect(stand.content('2026-boston-gala')).toEqual(seeded('Winter Gala', null));
}

/** Whoever serves an event finds its database whole, or none. */
function expectNoHalf(stand: Stand): void {
  for (const name of ['2026-boston', '2026-boston-showcase', '2026-boston-gala']) {
    if (existsSync(stand.path(name))) expect(stand.content(name)).toMatchObject({ check: 'ok', studios: 1 });
  }
  if (isServed(stand)) expectWhole(stand);
}

/** Whether Navigator's configuration is the new one. */
const isServed = (stand: Stand): boolean => stand.machine.read('navigator.yml').includes('2026/boston/gala');

it.each(['update', 'made'] as const)(
  'the next run completes the databases after a killed update (%s)',
  async (kind) => {
    const { stand, reset } = await changed((one) => kind === 'made' && one.dropTemplate());
    const calls = await recordCalls(stand.machine, {});
    const from = calls.findIndex(({ text }) => /rename\(.*showcases\.yml"/.test(text));
    const to = calls.findIndex(({ text }) => /rename\(.*navigator\.yml"/.test(text));
    const within = turns(stand.machine.home, calls.slice(from, to + 1));
    expect(within.length).toBeGreaterThan(20);
    // All but the prepared database is made by either.
    const points =
      kind === 'made' ? within.filter(({ text }) => text.includes('template')) : spread(within, KILLS);
    expect(points.length).toBeGreaterThan(2);
    let killed = 0;
    for (const call of points) {
      reset();
      if (!(await killAt(stand.machine, call, {}))) continue;
      expectNoHalf(stand);
      // Calls do not always come in the same number: a kill that came too late, when all was in place, is none of these.
      const isLate = isServed(stand);
      if (!isLate) killed += 1;
      const { result } = await stand.updateHere();
      expect([call.text, result.warningCount]).toEqual([call.text, 0]);
      if (!isLate) expect([call.text, result.outcome]).toEqual([call.text, 'updated']);
      expectWhole(stand);
      expect((await stand.hookHere()).exitCode).toBe(0);
      expect([call.text, stand.litter(), stand.exists('2026-boston')]).toEqual([call.text, [], false]);
      expectWhole(stand);
    }
    expect(killed).toBeGreaterThanOrEqual(mostOf(points));
  },
  300_000,
);

it('the next run completes the databases after a killed ready hook', async () => {
  // The update has no time to put a database in place: all is left to the hook.
  const { stand, reset } = await changed((one) =>
    one.machine.post('', { env: { UPDATE_CONFIG_PREPARE_TIMEOUT: '0.001' } }),
  );
  const options = { executable: READY, args: ['--only', 'tenants'] };
  const calls = await recordCalls(stand.machine, options);
  const within = turns(stand.machine.dbDir, calls);
  expect(within.length).toBeGreaterThan(KILLS);
  const points = spread(within, KILLS);
  let killed = 0;
  for (const call of points) {
    reset();
    if (!(await killAt(stand.machine, call, options))) continue;
    killed += 1;
    expect((await stand.hookHere()).exitCode).toBe(0);
    // What the update owed is for the next update to strike out.
    const litter = stand.litter().filter((name) => name !== 'new-events.json');
    expect([call.text, litter, stand.exists('2026-boston')]).toEqual([call.text, [], false]);
    expectWhole(stand);
  }
  expect(killed).toBeGreaterThanOrEqual(mostOf(points));
}, 300_000);
