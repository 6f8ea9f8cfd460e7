import { describe, expect, it } from 'vitest';
import { LONGEST_MESSAGE } from '../../../src/callbacks/cut-message.ts';
import type { ReportedLine } from '../../../src/callbacks/delivery-model.ts';
import { messageLines } from '../../../src/callbacks/message-lines.ts';
import type { EventBody } from '../../../src/report/events.ts';
import { createScrubber } from '../../../src/report/redact.ts';
import { createStream } from '../../../src/report/stream.ts';
import { doneOf, failedOf, fleetRun, INDEX, reportOf } from '../../support/report/fleet-events.ts';

/** What a dashboard is told of these events, after they went through the stream as in a run. */
function linesOf(events: readonly EventBody[], secrets: readonly string[] = []): ReportedLine[] {
  const lines = messageLines();
  const reported: ReportedLine[] = [];
  const report = createStream([(event) => reported.push(...lines(event))], createScrubber(secrets));
  for (const event of events) report(event);
  return reported;
}

/** The same in short: level, step, machine and message. */
function shortOf(events: readonly EventBody[]): string[] {
  return linesOf(events).map(({ level, step = '-', machine = '-', message }) =>
    [level, step, machine, message].join(' | '),
  );
}

const note = (message: string, level?: 'info' | 'warning'): EventBody => ({
  ...{ type: 'note', message },
  ...(level ? { level } : {}),
});
const ended = (result: ReturnType<typeof reportOf>): EventBody => ({
  type: 'run-ended',
  kind: 'fleet',
  result,
});
const END = { ...reportOf([]), ms: 1250 };

describe('the lines that a dashboard is told of a run', () => {
  it('are those of the text view: steps, the index, what was found, each machine, and the end', () => {
    const outcomes = [{ ...doneOf('m1', 310), detail: '5 of 6 files changed' }, failedOf('m2', 4000)];
    expect(shortOf(fleetRun(outcomes))).toEqual([
      'step | publish | - | Syncing index database',
      `ok | publish | - | Published the index: ETag ${INDEX.etag}, 1234 bytes, changed ${INDEX.time}`,
      'step | find | - | Getting list of Fly machines',
      'info | find | - | Found 2 total machines (flyctl)',
      'ok | find | - | Will update 2 active machines: m1, m2',
      'step | update | - | Triggering configuration update on each machine',
      'ok | update | m1 | m1: updated after 1 attempt, 310 ms: 5 of 6 files changed',
      'error | update | m2 | m2: failed after 3 attempts, 4.00 s: status 500',
      'info | update | - | Successfully updated: 1 machines',
      'error | update | - | Failed updates: 1 machines',
      'info | update | - | What to do (m2): Look at its log.',
      'error | update | - | failed, in 4.20 s',
    ]);
  });

  it('have the time of their event', () => {
    for (const { logged_at } of linesOf(fleetRun([doneOf('m1', 1)])))
      expect(logged_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('end with success where all is done, and with a warning where no machine was active', () => {
    expect(shortOf(fleetRun([doneOf('m1', 310)])).at(-1)).toBe(
      'success | update | - | Successfully updated: 1 machines, in 4.20 s',
    );
    const nothing = fleetRun([]).flatMap((event) =>
      event.type === 'step' && event.name === 'update' ? [] : [event],
    );
    expect(shortOf([...nothing.slice(0, -1), ended({ ...END, outcome: 'nothing-to-do' })])).toEqual(
      expect.arrayContaining([
        'warning | find | - | No active machines to update',
        'warning | find | - | No machine was active, so none was updated, in 1.25 s',
      ]),
    );
  });

  it('say what differs in an index that somebody else has published', () => {
    const publish = {
      kind: 'changed-elsewhere',
      theirs: INDEX,
      differences: ['studio x: only in theirs'],
    } as const;
    const item: EventBody = {
      ...{ type: 'item', kind: 'file', step: 'publish', name: 'index.sqlite3', phase: 'done', detail: '' },
      ...{ attempt: 1, outcome: 'changed-elsewhere', publish },
    };
    const lines = shortOf([item, ended({ ...END, outcome: 'changed-elsewhere', publish })]);
    expect(lines[0]).toBe(
      `error | - | - | The index changed elsewhere: ada@office published ${INDEX.etag} at ${INDEX.publishedAt} (changed ${INDEX.time}).`,
    );
    expect(lines).toContain('info | - | - |   studio x: only in theirs');
    expect(lines.at(-1)).toBe('error | - | - | changed-elsewhere, in 1.25 s');
  });

  it('say why a run could not go on, and what to do', () => {
    const error = { code: 'store-unreachable', message: 'no answer', hint: 'Look there.' } as const;
    expect(shortOf([ended({ ...END, outcome: 'failed', error })])).toEqual([
      'error | - | - | Failed (store-unreachable): no answer',
      'info | - | - | What to do: Look there.',
      'error | - | - | failed, in 1.25 s',
    ]);
  });

  it('tell of attempts, skipped machines, logs, dates and notes', () => {
    const machine = { id: 'm1', region: 'iad', state: 'suspended', target: 'fly' };
    const item = { type: 'item', kind: 'machine', name: 'fly m1', machine } as const;
    const update = { name: 'update', title: 'Updating' };
    const find = { name: 'find', title: 'Finding' };
    expect(
      shortOf([
        note('store: bucket x'),
        note('taken as it is', 'info'),
        { type: 'log', step: 'publish', name: 'bin/before', kind: 'command', lines: ['one', ''] },
        { type: 'step', number: 2, of: 3, ...find },
        { ...item, step: 'find', phase: 'done', outcome: 'skipped', detail: '', attempt: 0 },
        { type: 'step-done', number: 2, of: 3, name: 'find', ms: 1, outcome: 'done', detail: 'dns' },
        { type: 'step', number: 3, of: 3, ...update },
        { ...item, step: 'update', phase: 'asking', outcome: null, detail: '', attempt: 2 },
        {
          ...item,
          step: 'update',
          phase: 'pausing',
          outcome: null,
          detail: 'status 503',
          attempt: 2,
          waitMs: 500,
        },
        { type: 'log', step: 'update', name: 'fly m1', kind: 'machine', lines: ['Step 1 ✓ Success'] },
        {
          type: 'item',
          kind: 'tenant',
          step: 'publish',
          name: '2026/x',
          phase: 'done',
          outcome: 'changed',
          detail: 'May 1',
          attempt: 1,
        },
        { type: 'progress', step: 'update', done: 0, total: 1 },
        { type: 'step', number: 1, of: 1, name: 'look', title: 'Looking' },
      ]),
    ).toEqual([
      'warning | - | - | store: bucket x',
      'info | - | - | taken as it is',
      'info | - | - | one',
      'info | - | - | ',
      'step | find | - | Finding',
      'info | find | - | Found 1 total machines (dns)',
      'info | find | - | Skipping fly m1 (suspended, iad)',
      'warning | find | - | No active machines to update',
      'step | update | - | Updating',
      'warning | update | fly m1 | fly m1: attempt 2 failed (status 503), the next in 500 ms',
      'info | update | fly m1 | Step 1 * Success',
      'info | update | - | Date of 2026/x: May 1',
      'step | - | - | Looking',
    ]);
  });

  it('are cut to 8 KiB after secrets were taken out of them, and not within a character', () => {
    const secret = 'word-of-pass';
    const long = `${'ü'.repeat(4090)}${secret}${'y'.repeat(1000)}`;
    const [line] = linesOf([note(long)], [secret]);
    const message = line?.message ?? '';
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(LONGEST_MESSAGE);
    expect(message).toMatch(/^ü+ … \(\d+ bytes more\)$/);
    const cut = Number(/\((\d+) bytes/.exec(message)?.[1]);
    const whole = Buffer.byteLength(long.replace(secret, '[redacted]'));
    expect(cut + Buffer.byteLength(message.replace(/ … .*$/, ''))).toBe(whole);
  });
});
