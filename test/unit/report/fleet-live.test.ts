import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderFrame } from '../../../src/fleet-view/fleet-frame.ts';
import { LiveFleet } from '../../../src/fleet-view/fleet-live.ts';
import { FleetProgress } from '../../../src/fleet-view/fleet-progress.ts';
import type { EventBody } from '../../../src/report/events.ts';
import { displayWidth, fitted, padded } from '../../../src/report/table.ts';
import { doneOf, failedOf, fleetRun } from '../../support/report/fleet-events.ts';
import { told } from '../../support/report/results.ts';
import { TerminalScreen } from '../../support/system/screen.ts';

const BEGAN = Date.parse('2026-01-02T03:04:05Z');

/** A live list on a terminal of this size, told one event a second up to one of a type, the first of them or a later one. */
function live(events: ReturnType<typeof fleetRun>, size = { columns: 120, rows: 24 }) {
  const screen = new TerminalScreen(size.columns);
  const fleet = new LiveFleet(
    { write: (text) => screen.write(text), size: () => size, color: true },
    { verbose: false },
  );
  let now = BEGAN;
  return {
    screen,
    fleet,
    until(type: string, count = 1): void {
      let left = count;
      while (left > 0) {
        const event = events.shift();
        if (!event) throw new Error(`no ${type}`);
        if (event.type !== 'progress') now += 1000;
        fleet.report(told(event, new Date(now).toISOString()));
        if (isOf(event, type)) left -= 1;
      }
      fleet.tick(now);
    },
  };
}

/** Whether it is the beginning of a step, the end of a machine, or the end of the run. */
function isOf(event: EventBody, what: string): boolean {
  if (what === 'machine-done')
    return event.type === 'item' && event.kind === 'machine' && event.phase === 'done';
  return event.type === 'step' ? event.name === what : what === 'end' && event.type === 'run-ended';
}

describe('the live list of machines', () => {
  it('shows each machine with region, attempt, duration and state, and how far all are', () => {
    const { screen, until } = live(fleetRun([doneOf('m1', 1000), failedOf('m2', 2000), doneOf('m3', 900)]));
    until('publish');
    expect(screen.lines[0]).toMatch(/^. Syncing index database\.\.\. {2}0 ms$/);
    until('machine-done', 2);
    const [published, found, ...rest] = screen.lines;
    expect(published).toMatch(/^Published the index/);
    expect(found).toBe('3 machines running (flyctl)');
    expect(rest.slice(0, 3)).toEqual([
      '✓ m1  iad   #1   1.00 s     updated',
      '✗ m2  iad   #1   2.00 s     status 500',
      expect.stringMatching(/^. m3 {2}iad {3}#1 {3}2\.00 s {5}asked$/),
    ]);
    expect(rest[3]).toBe('[████████████████░░░░░░░░] 2/3  66 %  1 failed  5.00 s  about 1 s left');
    until('end');
    expect(screen.text).toContain(
      'Successfully updated: 2 machines\nFailed updates: 1 machines\n  m2: status 500',
    );
    expect(screen.text).not.toContain('█');
  });

  it.each([80, 64])(
    'keeps the time left, and each row of the table in one line, in %i columns',
    (columns) => {
      const run = fleetRun([
        doneOf('3d8d9930b32d89', 1000),
        failedOf('5d8d9930b32d90', 900),
        doneOf('m3', 9),
      ]);
      const { screen, until } = live(run, { columns, rows: 24 });
      until('machine-done', 2);
      expect(screen.lines.find((line) => line.startsWith('['))).toMatch(
        /^\[█+░+\] 2\/3 {2}66 % {2}1 failed {2}5\.00 s {2}about 1 s left$/,
      );
      until('end');
      const row = screen.lines.find((line) => line.startsWith('3d8d9930b32d89  iad'));
      expect(row).toMatch(/^3d8d9930b32d89 {2}iad {5}updated {2}"0123456[0-9a-f]*(…|") +1 {9}1\.00 s$/);
    },
  );

  it('leaves only final lines behind', () => {
    const { screen, fleet, until } = live(fleetRun([doneOf('m1', 1000)]));
    until('end');
    fleet.close();
    expect(screen.lines.filter((line) => /Syncing|Finding|asked/.test(line))).toEqual([]);
    const { text } = screen;
    fleet.tick(BEGAN);
    expect(screen.text).toBe(text);
  });

  it('keeps a line for each machine in a dry run', () => {
    const answers = ['m1', 'm2'].map((id) => ({
      ...doneOf(id, 1000),
      outcome: 'dry-run' as const,
      detail: `would do: 3 of 6 files changed on ${id}`,
    }));
    const { screen, until } = live(fleetRun(answers, 'dry-run'));
    until('end');
    expect(screen.lines.filter((line) => line.includes('would do'))).toEqual([
      '  m1... dry run: would do: 3 of 6 files changed on m1',
      '  m2... dry run: would do: 3 of 6 files changed on m2',
    ]);
  });

  it('goes on below the lines that were written while it was stopped', () => {
    const { screen, fleet, until } = live(fleetRun([doneOf('m1', 1000), doneOf('m2', 1000)]));
    until('machine-done');
    screen.write('[1]+  Stopped\n');
    fleet.resume(BEGAN);
    until('end');
    fleet.close();
    expect(screen.text).toContain('[1]+  Stopped\n');
    expect(screen.text).toContain('Successfully updated: 2 machines');
  });

  it('sums up the machines that do not fit, and keeps failed and running ones in sight', () => {
    const machines = Array.from({ length: 100 }, (_, at) =>
      at === 70 ? failedOf('bad', 5) : doneOf(`m${at}`, 5),
    );
    const { screen, until } = live(fleetRun(machines), { columns: 120, rows: 10 });
    until('machine-done', 80);
    const shown = screen.lines.slice(2, -1);
    expect(shown).toHaveLength(8);
    expect(shown[0]).toMatch(/^✗ bad/);
    expect(shown[1]).toMatch(/^. m80 .* asked$/);
    expect(shown[6]).toBe('    and 94 more: 15 asking, 79 updated');
  });

  it('redraws itself correctly on a terminal that becomes narrower or wider', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 12, max: 120 }), { minLength: 1, maxLength: 6 }), (widths) => {
        const size = { columns: 100, rows: 24 };
        const message =
          'a reason that is rather long, so that it has to be cut off on most terminals there are';
        const { screen, fleet, until } = live(fleetRun([doneOf('m1', 5), failedOf('m2', 5, message)]), size);
        until('machine-done', 2);
        for (const columns of widths) {
          size.columns = columns;
          screen.resize(columns);
          fleet.tick(BEGAN);
        }
        expect(screen.lines.filter((line) => /^. m1 /.test(line))).toHaveLength(1);
        expect(screen.lines.filter((line) => line.startsWith('['))).toHaveLength(1);
      }),
    );
  });

  it('is never wider or higher than the terminal, whatever it shows', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'ab漢字é́👍 '), maxLength: 80 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(texts, texts), { maxLength: 40 }),
        fc.integer({ min: 20, max: 90 }),
        fc.integer({ min: 4, max: 30 }),
        (machines, columns, rows) => {
          const progress = new FleetProgress();
          const outcomes = machines.map(([id, reason], at) => failedOf(`${at}${id}`, 5, reason));
          for (const event of fleetRun(outcomes).slice(0, -1))
            progress.apply(told(event, new Date(BEGAN).toISOString()));
          const frame = renderFrame(progress, { columns, rows, now: BEGAN, color: false });
          expect(frame.length).toBeLessThan(rows);
          for (const line of frame) expect(displayWidth(line)).toBeLessThan(columns);
        },
      ),
    );
  });
});

describe('text on a terminal', () => {
  it('takes two columns for an East Asian character, and none for a combining one', () => {
    expect(displayWidth('漢字')).toBe(4);
    expect(displayWidth('é́')).toBe(1);
    expect(fitted('漢字漢字', 5)).toBe('漢字…');
    expect(padded('漢', 4)).toBe('漢  ');
  });
});
