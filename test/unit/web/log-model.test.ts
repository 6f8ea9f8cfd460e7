import { describe, expect, it } from 'vitest';
import { LogModel } from '../../../src/web/client/log-model.ts';
import { eventFor } from '../../../src/web/run/event-audience.ts';
import { allLines, partOf, readView } from '../../../src/web/run/log-html.ts';
import { clockText, gapBefore, type LogLine, linesOf, plainLine } from '../../../src/web/run/log-lines.ts';
import { machine, report } from '../../support/runs/played-update.ts';
import { fleetEvents } from '../../support/web/fleet-events.ts';

const AT = '2026-11-30T17:10:36.123Z';

function line(seq: number, more: Partial<LogLine> = {}): LogLine {
  return {
    seq,
    number: `${seq}`,
    at: AT,
    level: 'info',
    machine: null,
    isQuoted: false,
    text: `line ${seq}`,
    ...more,
  };
}

const said = (seq: number, machine: string): LogLine =>
  line(seq, { machine, isQuoted: true, text: `${machine} says ${seq}` });

function shown(model: LogModel): string[] {
  return model.rows.map((row) =>
    row.kind === 'line' ? row.line.text : `${row.count} of ${row.line.machine}`,
  );
}

describe('a log in a page', () => {
  it('has a heading above what a machine has said itself', () => {
    const model = new LogModel();
    model.add([line(1), said(2, 'm1'), said(3, 'm1'), said(4, 'm2'), line(5), said(6, 'm1')]);
    expect(shown(model)).toEqual([
      'line 1',
      '2 of m1',
      'm1 says 2',
      'm1 says 3',
      '1 of m2',
      'm2 says 4',
      'line 5',
      '1 of m1',
      'm1 says 6',
    ]);
  });

  it('folds one machine, and counts on what comes later', () => {
    const model = new LogModel();
    model.add([said(1, 'm1'), said(2, 'm2')]);
    model.fold(['m1'], true);
    model.add([said(3, 'm2'), said(4, 'm1')]);
    expect(shown(model)).toEqual(['1 of m1', '2 of m2', 'm2 says 2', 'm2 says 3', '1 of m1']);
    model.fold(model.speakers, false);
    expect(model.rows.filter(({ kind }) => kind === 'line')).toHaveLength(4);
  });

  it('finds text in letters of either case, also in what comes later', () => {
    const model = new LogModel();
    model.add([line(1, { text: 'Reset' }), line(2)]);
    model.search(' RESET ');
    model.add([line(3, { text: 'a reset' })]);
    expect(model.found.map(({ seq }) => seq)).toEqual([1, 3]);
    model.search('');
    expect(model.found).toEqual([]);
  });

  it('shows errors, warnings and gaps alone where asked', () => {
    const model = new LogModel();
    model.add([
      line(1),
      line(2, { level: 'warning' }),
      line(3, { level: 'good' }),
      line(4, { level: 'error' }),
      line(5, { level: 'gap' }),
    ]);
    model.showTroubleOnly(true);
    expect(model.rows.map(({ line: { seq } }) => seq)).toEqual([2, 4, 5]);
  });

  it('knows the place of a number, and of the next where that line is not shown', () => {
    const model = new LogModel();
    model.add([line(1), line(4), line(9)]);
    expect([model.placeOf('4'), model.placeOf('5'), model.placeOf('10')]).toEqual([1, 2, -1]);
  });
});

describe('the lines of events', () => {
  it('are numbered by their event, and say of a machine that failed what to do', () => {
    const error = { code: 'unauthorized', message: 'it refuses the token', hint: 'Set it anew.' } as const;
    const events = fleetEvents(
      report({ machines: [machine('m1', { outcome: 'failed', error, attempts: 2 })] }),
    );
    const lines = events.flatMap((event, at) => linesOf(event, at + 1));
    expect(
      lines.filter(({ machine: of }) => of === 'm1').map(({ number, level, text }) => [number, level, text]),
    ).toEqual([
      ['10', 'error', 'm1: failed after 2 attempts, 5 ms: it refuses the token'],
      ['10.2', 'error', 'm1: What to do: Set it anew.'],
    ]);
  });

  it('have a line in the place of those that have not arrived', () => {
    const [first, second] = fleetEvents(report());
    if (!first || !second) throw new Error('too few events');
    const stored = [first, second].map((event, at) => ({ seq: 1 + at * 14, at: AT, event }));
    expect(allLines(stored).map(({ text }) => text)[1]).toBe('lines 2 to 14 have not arrived');
    expect(gapBefore({ seq: 3, at: AT }, 1)?.text).toBe('line 2 has not arrived');
    expect(gapBefore({ seq: 2, at: AT }, 1)).toBeNull();
  });

  it('are shown at UTC, or by the time since the run began', () => {
    expect(clockText(AT, 'utc', null)).toBe('17:10:36.123');
    expect(clockText(AT, 'since', '2026-11-30T17:09:35.122Z')).toBe('+01:01.001');
    expect(clockText(AT, 'since', '2026-11-30T17:10:37.000Z')).toBe('+00:00.000');
  });

  it('are plain text with all that is known, for copies and downloads', () => {
    expect(plainLine({ ...said(7, 'm1'), level: 'warning' })).toBe(`7 ${AT} WARNING m1 | m1 says 7`);
  });

  it('are shown in parts, with how many there are before and after', () => {
    const lines = Array.from({ length: 900 }, (_, at) => line(at + 1));
    const part = (query: string) => partOf(lines, readView(new URLSearchParams(query)));
    expect(part('')).toMatchObject({ before: 500, after: 0, total: 900 });
    expect(part('from=1')).toMatchObject({ before: 0, after: 500 });
    expect(part('from=99999')).toMatchObject({ before: 500, after: 0 });
    expect(part('from=-1&q=LINE 90')).toMatchObject({ total: 2 });
  });

  it('about others are hidden from owners, and keep their numbers', () => {
    const [began] = fleetEvents(report());
    if (!began) throw new Error('too few events');
    const { v, run, seq, at } = began;
    const hidden = eventFor({ v, run, seq, at, type: 'note', message: 'secret', isPrivate: true }, false);
    expect(hidden).toEqual({ v, run, seq, at, type: 'note', message: '' });
    expect(linesOf(hidden, 1)).toEqual([]);
    expect(eventFor(began, false)).toBe(began);
  });
});
