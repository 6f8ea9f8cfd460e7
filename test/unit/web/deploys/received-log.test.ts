import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogModel } from '../../../../src/web/client/log-model.ts';
import { ReceivedLog } from '../../../../src/web/client/received-log.ts';
import { receivedLogLine } from '../../../../src/web/deploys/received-lines.ts';
import type { LogLine } from '../../../../src/web/run/log-lines.ts';

const AT = '2026-11-30T17:10:36.123Z';

function line(seq: number, machine: string | null = null): LogLine {
  return receivedLogLine({ seq, level: 'info', message: `line ${seq}`, loggedAt: AT, machine, step: null });
}
const range = (first: number, last: number, machine: string | null = null): LogLine[] =>
  Array.from({ length: last - first + 1 }, (_, at) => line(first + at, machine));

const shown = (model: LogModel): string[] =>
  model.rows.map((row) => (row.kind === 'line' ? row.line.text : `${row.count} of ${row.line.machine}`));

/** A copy of the rows that is kept by what the model says of them alone. */
function followed(model: LogModel): string[] {
  const copy: string[] = [];
  const textOf = (at: number): string => shown(model)[at] ?? '';
  model.listener = {
    spliced: (at, removed, added) =>
      copy.splice(at, removed, ...Array.from({ length: added }, (_, more) => textOf(at + more))),
    recounted: (at) => copy.splice(at, 1, textOf(at)),
  };
  return copy;
}

describe('a log whose lines come in any order', () => {
  it('has a row in the place of those that are not there, which is filled and split', () => {
    const model = new LogModel();
    const log = new ReceivedLog(model, { from: 1, at: AT });
    log.add([...range(1, 2), ...range(9, 10)]);
    expect(shown(model)).toEqual(['line 1', 'line 2', 'lines 3–8 have not arrived', 'line 9', 'line 10']);
    log.add(range(5, 6));
    expect(shown(model).slice(2, 6)).toEqual([
      'lines 3–4 have not arrived',
      'line 5',
      'line 6',
      'lines 7–8 have not arrived',
    ]);
    log.add([...range(7, 8), ...range(3, 4), ...range(1, 10)]);
    expect(shown(model)).toEqual(range(1, 10).map(({ text }) => text));
  });

  it('says which were refused, as soon as that is known, and which are missing at the end', () => {
    const model = new LogModel();
    const log = new ReceivedLog(model, { from: 1, at: AT });
    log.add([line(1), line(6)]);
    log.expect([[2, 3]], 0);
    log.expect([[2, 3]], 8);
    expect(shown(model)).toEqual([
      'line 1',
      'lines 2–3 were refused',
      'lines 4–5 have not arrived',
      'line 6',
      'lines 7–8 have not arrived',
    ]);
    log.add(range(7, 9));
    expect(shown(model).slice(4)).toEqual(['line 7', 'line 8', 'line 9']);
  });

  it('says of those before the page that they are being loaded, and of what is not among them that it has not arrived', () => {
    const model = new LogModel();
    const log = new ReceivedLog(model, { from: 101, at: AT });
    log.add(range(101, 102));
    log.addEarlier(range(1, 50), 50);
    expect(shown(model).slice(49, 52)).toEqual(['line 50', 'lines 51–100 are being loaded', 'line 101']);
    log.addEarlier(range(61, 90), 102);
    expect(shown(model).filter((text) => text.includes('lines'))).toEqual([
      'lines 51–60 have not arrived',
      'lines 91–100 have not arrived',
    ]);
  });

  it('has one heading above what a machine has said, once nothing is missing between', () => {
    const model = new LogModel();
    const log = new ReceivedLog(model, { from: 1, at: AT });
    log.add([...range(1, 2, 'm1'), ...range(5, 6, 'm1')]);
    expect(shown(model)).toEqual([
      ...['2 of m1', 'line 1', 'line 2', 'lines 3–4 have not arrived', '2 of m1', 'line 5', 'line 6'],
    ]);
    log.add(range(3, 4, 'm1'));
    expect(shown(model)).toEqual(['6 of m1', ...range(1, 6).map(({ text }) => text)]);
  });

  it('is in the end as one whose lines came in order, however they came, and whoever follows it misses nothing', () => {
    const machines = fc.array(fc.constantFrom(null, null, 'm1', 'm2'), { minLength: 1, maxLength: 60 });
    const way = fc.record({
      machines,
      order: fc.infiniteStream(fc.nat(1000)),
      folded: fc.subarray(['m1', 'm2']),
      text: fc.constantFrom('', '1', 'line 2'),
    });
    fc.assert(
      fc.property(way, ({ machines, order, folded, text }) => {
        const lines = machines.map((machine, at) => line(at + 1, machine));
        const [model, other] = [new LogModel(), new LogModel()];
        const copy = followed(model);
        for (const one of [model, other]) {
          one.fold(folded, true);
          one.search(text);
        }
        const log = new ReceivedLog(model, { from: 1, at: AT });
        const left = [...lines];
        while (left.length > 0) {
          const [from, count] = [order.next().value ?? 0, (order.next().value ?? 0) % 7];
          log.add(left.splice(from % left.length, count + 1));
          expect(copy).toEqual(shown(model));
        }
        other.add(lines);
        expect(shown(model)).toEqual(shown(other));
        expect(model.found).toEqual(other.found);
        for (const { number } of lines) expect(model.placeOf(number)).toBe(other.placeOf(number));
      }),
      { numRuns: 300 },
    );
  });

  it('takes 100,000 lines in batches, of which each second comes late', () => {
    const model = new LogModel();
    const log = new ReceivedLog(model, { from: 1, at: AT });
    const batches = Array.from({ length: 500 }, (_, at) => range(at * 200 + 1, at * 200 + 200));
    for (const batch of batches.filter((_, at) => at % 2 === 1)) log.add(batch);
    for (const batch of batches.filter((_, at) => at % 2 === 0)) log.add(batch);
    expect(model.rows).toHaveLength(100_000);
    expect(model.placeOf('77777')).toBe(77_776);
  });
});
