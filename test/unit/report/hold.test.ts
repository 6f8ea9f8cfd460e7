import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../src/report/events.ts';
import { LogGate } from '../../../src/report/hold.ts';
import type { LogEntry } from '../../../src/report/log-entry.ts';
import type { RunResult, Trigger } from '../../../src/report/results.ts';
import { AT, result, told } from '../../support/report/results.ts';

const RUN = result().run;
const note = (message: string): EventBody => ({ type: 'note', message });
const begin = (trigger: Trigger = 'cgi'): EventBody => ({
  ...{ type: 'run-began', kind: 'update', run: RUN, operation: 'update', trigger },
  ...{ by: null, target: 'm', steps: [] },
});
const step = (name: string): EventBody => ({ type: 'step', number: 1, of: 6, name, title: name });
const done = (name: string): EventBody => ({
  ...{ type: 'step-done', number: 1, of: 6, name, ms: 1 },
  ...{ outcome: 'done', detail: name },
});
const end = (facts: Partial<RunResult>): EventBody => ({
  ...{ type: 'run-ended', kind: 'update', result: result(facts) },
});
const warning: EventBody = {
  type: 'warning',
  warning: { table: 'users', id: 1, row: 'user (users 1)', reason: 'bad' },
};

/** What was let through after each of these. */
function through(...said: (EventBody | 'exception')[]): {
  passed: string[];
  gate: LogGate;
  counts: number[];
} {
  const passed: string[] = [];
  const gate = new LogGate((entry) => passed.push(nameOf(entry)));
  const counts = said.map((event) => {
    const entry: LogEntry =
      event === 'exception' ? { at: AT, exception: { message: 'x', stack: '' } } : { event: told(event) };
    gate.add(entry);
    return passed.length;
  });
  return { passed, gate, counts };
}

function nameOf(entry: LogEntry): string {
  if ('short' in entry) {
    const { run, outcome, etag, shared } = entry.short;
    return `short ${run} ${outcome} ${etag}${shared ? ' shared' : ''}`;
  }
  if ('exception' in entry) return 'exception';
  const { event } = entry;
  return event.type === 'note' ? event.message : 'name' in event ? `${event.type} ${event.name}` : event.type;
}

const LOOKED = [
  step('lock'),
  done('lock'),
  step('fetch'),
  done('fetch'),
  step('read'),
  warning,
  done('read'),
];
const UNCHANGED = { outcome: 'unchanged' } as const;

describe('the log of a CGI run', () => {
  it('that changes nothing is one line', () => {
    const { passed } = through(begin(), ...LOOKED, step('generate'), done('generate'), end(UNCHANGED));
    expect(passed).toEqual([`short ${RUN} unchanged "abc"`]);
  });

  it('that changes nothing has its own notes, but not the earlier ones about settings', () => {
    const { passed } = through(note('early'), begin(), step('lock'), note('removed'), end(UNCHANGED));
    expect(passed).toEqual(['removed', `short ${RUN} unchanged "abc"`]);
  });

  it('that uses the result of another one is one line', () => {
    const shared = through(begin(), step('lock'), done('lock'), note('shared'), end({ shared: true }));
    expect(shared.passed).toEqual([`short ${RUN} updated "abc" shared`]);
  });

  it.each(['check', 'install', 'a step to come'])('is complete once the step %s begins', (name) => {
    const said = [note('early'), begin(), ...LOOKED, step(name), done(name), end({})];
    const { passed, counts } = through(...said);
    expect(passed).toHaveLength(said.length);
    expect(passed.slice(0, 2)).toEqual(['early', 'run-began']);
    const before = said.length - 4;
    expect(counts.slice(before)).toEqual([0, said.length - 2, said.length - 1, said.length]);
  });

  it.each([
    ['fails', end({ outcome: 'failed', error: { code: 'disk', message: 'full', hint: 'Free some.' } })],
    ['takes the failure of another one', end({ outcome: 'failed', shared: true })],
    ['is a dry run', end({ outcome: 'dry-run' })],
    ['is held', end({ outcome: 'held' })],
  ])('that %s is complete', (_, last) => {
    const said = [begin(), ...LOOKED, last];
    expect(through(...said).passed).toHaveLength(said.length);
  });

  it('is complete after an exception', () => {
    const said = [begin(), ...LOOKED, 'exception', end(UNCHANGED)] as const;
    expect(through(...said).passed).toHaveLength(said.length);
  });

  it('that never ends is written when the log is closed', () => {
    const { passed, gate } = through(note('early'), begin(), ...LOOKED);
    expect(passed).toEqual([]);
    gate.open();
    expect(passed).toHaveLength(LOOKED.length + 2);
    gate.open();
    expect(passed).toHaveLength(LOOKED.length + 2);
  });
});

it.each(['command', 'start', 'resume', 'rollback'] as const)(
  'the log of a run by %s is written event by event',
  (trigger) => {
    const { counts } = through(begin(trigger), ...LOOKED, end(UNCHANGED));
    expect(counts).toEqual(counts.map((_, at) => at + 1));
  },
);

it('the log of a refusal, which never began, has the notes before it', () => {
  expect(through(note('early'), end({ outcome: 'failed' })).passed).toEqual(['early', 'run-ended']);
});

it('the log of a request for the state is one line', () => {
  const state = { outcome: 'state', machine: 'm', region: null, index: null, files: [] } as const;
  const answer = {
    type: 'run-ended',
    kind: 'state',
    result: { ...state, pendingReload: false, fallback: null, lastRun: null },
  } as const;
  expect(through(note('early'), answer).passed).toEqual(['run-ended']);
});

it('the log of a hook is written from its beginning', () => {
  const hook: EventBody = {
    ...{ type: 'run-began', kind: 'operation', run: RUN, operation: 'ready', trigger: null },
    ...{ by: null, target: 'm', steps: [] },
  };
  expect(through(note('early'), hook, note('late')).counts).toEqual([0, 2, 3]);
});
