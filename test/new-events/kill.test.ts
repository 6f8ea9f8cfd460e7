/** A kill at any moment leaves no half database; the next update, or the ready hook, completes what was begun. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../src/database/sqlite.ts';
import { READY } from '../ready/support/ready.ts';
import { type Call, changesBelow, killAt, recordCalls } from '../support/strace.ts';
import { Stand, seeded } from './support/stand.ts';

// A test has dozens of runs killed and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const ONE = { id: 1, date: '2026-05-01' };
const TWO = { id: 2, key: 'gala', name: 'Winter Gala' };

/** Of many moments, so many that are spread evenly. */
const KILLS = 16;

/** A machine of which one event has another path since, and to which one has come. */
async function changed(): Promise<{ stand: Stand; reset: () => void }> {
  const stand = await Stand.ready([ONE]);
  const db = openDatabase(stand.path('2026-boston'));
  db.exec("UPDATE events SET location = 'Ballroom'");
  db.close();
  await stand.publish(ONE, TWO);
  const template = mkdtempSync(join(tmpdir(), 'kill-'));
  onTestFinished(() => rmSync(template, { recursive: true, force: true }));
  cpSync(stand.machine.home, template, { recursive: true, preserveTimestamps: true });
  const reset = () => {
    rmSync(stand.machine.home, { recursive: true });
    cpSync(template, stand.machine.home, { recursive: true, preserveTimestamps: true });
  };
  return { stand, reset };
}

function spread(calls: readonly Call[]): Call[] {
  const step = Math.max(1, calls.length / KILLS);
  return Array.from(
    { length: Math.min(KILLS, calls.length) },
    (_, at) => calls[Math.floor(at * step)] as Call,
  );
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
  if (stand.machine.read('navigator.yml').includes('2026/boston/gala')) expectWhole(stand);
}

it.each(['update', 'made'] as const)(
  'an update that is killed (%s)',
  async (kind) => {
    const { stand, reset } = await changed();
    const prepare = () => {
      reset();
      if (kind === 'made') stand.dropTemplate();
    };
    prepare();
    const calls = await recordCalls(stand.machine, {});
    const from = calls.findIndex(({ text }) => /rename\(.*showcases\.yml"/.test(text));
    const to = calls.findIndex(({ text }) => /rename\(.*navigator\.yml"/.test(text));
    const within = calls.slice(from, to + 1).filter((call) => changesBelow(stand.machine.home, call));
    expect(within.length).toBeGreaterThan(20);
    for (const call of spread(within)) {
      prepare();
      if (!(await killAt(stand.machine, call, {}))) continue;
      expectNoHalf(stand);
      const { status, result } = await stand.machine.post();
      expect([call.text, status, result.outcome, result.warningCount]).toEqual([
        call.text,
        200,
        'updated',
        0,
      ]);
      expectWhole(stand);
      expect((await stand.hook()).exitCode).toBe(0);
      expect([call.text, stand.litter(), stand.exists('2026-boston')]).toEqual([call.text, [], false]);
      expectWhole(stand);
    }
  },
  300_000,
);

it('a ready hook that is killed while it does the same', async () => {
  const { stand, reset } = await changed();
  // The update is killed before it has put a database in place: all is left to the hook.
  const options = { executable: READY, args: ['--only', 'tenants'] };
  const prepare = async () => {
    reset();
    await stand.machine.post('', { env: { UPDATE_CONFIG_PREPARE_TIMEOUT: '0.001' } });
  };
  await prepare();
  const calls = await recordCalls(stand.machine, options);
  const within = calls.filter((call) => changesBelow(stand.machine.dbDir, call));
  expect(within.length).toBeGreaterThan(20);
  for (const call of spread(within)) {
    await prepare();
    if (!(await killAt(stand.machine, call, options))) continue;
    for (let round = 0; round < 2; round++) expect((await stand.hook()).exitCode).toBe(0);
    // What the update owed is for the next update to strike out.
    const litter = stand.litter().filter((name) => name !== 'new-events.json');
    expect([call.text, litter, stand.exists('2026-boston')]).toEqual([call.text, [], false]);
    expectWhole(stand);
  }
}, 300_000);
