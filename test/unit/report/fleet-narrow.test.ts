import { describe, expect, it } from 'vitest';
import { LiveFleet } from '../../../src/fleet-view/fleet-live.ts';
import { outcomeOf } from '../../../src/fleet-view/fleet-words.ts';
import type { EventBody } from '../../../src/report/events.ts';
import type { Machine } from '../../../src/report/fleet-results.ts';
import { displayWidth } from '../../../src/report/table.ts';
import { doneOf, failedOf, fleetRun } from '../../support/report/fleet-events.ts';
import { told } from '../../support/report/results.ts';
import { Scrollback } from '../../support/report/scrollback.ts';

const BEGAN = Date.parse('2026-01-02T03:04:05Z');
const SIZES = [40, 80].flatMap((columns) => [10, 24].map((rows) => [columns, rows] as const));

const idOf = (at: number) => `3d8d9930b32d${String(at).padStart(2, '0')}`;

/** A run over 40 machines, of which every tenth fails, up to when so many are done; ten more are asked a second time. */
function fortyMachines(): EventBody[] {
  const outcomes = Array.from({ length: 40 }, (_, at) =>
    at % 10 === 3
      ? failedOf(idOf(at), 900, 'status 503: busy, the lock was not free')
      : doneOf(idOf(at), 900),
  );
  const events = fleetRun(outcomes);
  const retry = (machine: Machine): EventBody => ({
    ...{ type: 'item', kind: 'machine', step: 'update', name: machine.id, machine },
    ...{ phase: 'pausing', outcome: null, attempt: 1, detail: 'no answer in time', waitMs: 2300 },
  });
  const first = events.findIndex((event) => outcomeOf(event) !== null);
  const again = outcomes.slice(35, 38).map(({ machine }) => retry(machine));
  return [...events.slice(0, first), ...again, ...events.slice(first)];
}

/** What a terminal shows once 20 of them are done; and at the end, and what has scrolled out of sight by then. */
function watched(columns: number, rows: number) {
  const screen = new Scrollback(columns, rows);
  screen.write(Array.from({ length: rows - 1 }, (_, at) => `$ command ${at}\n`).join(''));
  const fleet = new LiveFleet(
    { write: (text) => screen.write(text), size: () => ({ columns, rows }), color: true },
    { verbose: false },
  );
  let now = BEGAN;
  let done = 0;
  let middle: string[] = [];
  for (const event of fortyMachines()) {
    now += 100;
    fleet.report(told(event, new Date(now).toISOString()));
    for (let tick = 0; tick < 10; tick++) fleet.tick(now + tick);
    if (outcomeOf(event) !== null) done += 1;
    if (done === 20 && middle.length === 0) middle = screen.shown;
  }
  fleet.close();
  return { middle, history: screen.history, end: screen.shown };
}

describe.each(SIZES)('a run over 40 machines on a terminal of %i columns and %i rows', (columns, rows) => {
  const { middle, history, end } = watched(columns, rows);
  const picture = middle.slice(middle.findIndex((line) => /^[✗↻]/.test(line)));

  it('shows those that failed first, then those that are asked again, and sums up the others', () => {
    const signs = picture.map(([sign]) => sign);
    expect(signs.slice(0, 5)).toEqual(['✗', '✗', '↻', '↻', '↻']);
    expect(picture.at(-2)).toMatch(/^ {4}and \d+ more: /);
    expect(picture.at(-1)).toMatch(/^\[█+░+\] 20\/40 {2}/);
    expect(picture.length).toBeLessThanOrEqual(rows - 2);
  });

  it('says of each what is wrong with it', () => {
    expect(picture[0]).toMatch(/^✗ 3d8d9930b32d03 .*status 503: busy/);
    expect(picture[2]).toMatch(/^↻ 3d8d9930b32d35 .*no answer in time/);
  });

  it('leaves in the history at most one line of a machine, and no picture', () => {
    const ofMachines = [...history, ...end].filter((line) => /^[^ ] 3d8d/u.test(line));
    expect(ofMachines).toEqual([]);
    // The lines that were there before, what is settled, and at the end the table and what it comes to.
    expect(history.length + end.length).toBeLessThan(rows + 40 + 25);
    expect(history).not.toContainEqual(expect.stringMatching(/█/));
  });

  it('ends with a table of rows that are no wider', () => {
    const table = [...history, ...end].filter((line) => /^3d8d9930b32d\d\d /.test(line));
    expect(table).toHaveLength(40);
    for (const line of table) {
      expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      expect(line).toMatch(/ (updated|failed)/);
    }
  });
});
