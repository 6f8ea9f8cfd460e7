import fc from 'fast-check';
import { FAILURE_CODES } from '../../../src/failure.ts';
import type { EventBody, RunEvent } from '../../../src/report/events.ts';
import type { FleetReport, PublishedIndex, PublishOutcome } from '../../../src/report/fleet-results.ts';
import type { MachineState, RunResult, Summary } from '../../../src/report/results.ts';

/*
 * Any event there may be.
 */

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', '__proto__', '\n"'),
);
const size = fc.nat();
const ms = fc.oneof(
  fc.nat(),
  fc.nat().map((tenths) => tenths / 10),
);
const time = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const few = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 3 });

/** A record whose fields of the second part may be absent. */
function some<T extends object, O extends object>(
  fields: { [K in keyof T]: fc.Arbitrary<T[K]> },
  absent: { [K in keyof O]: fc.Arbitrary<O[K]> },
): fc.Arbitrary<T & Partial<O>> {
  const always = Object.keys(fields) as (keyof (T & O))[];
  return fc.record({ ...fields, ...absent } as never, { requiredKeys: always as never[] }) as never;
}

const code = fc.constantFrom(...FAILURE_CODES);
const problem = fc.record({ code, message: text, hint: text });
const fleetError = some({ code, message: text, hint: text }, { hintFrom: fc.constant('machine' as const) });
const trigger = fc.constantFrom('cgi', 'command', 'start', 'resume', 'rollback');
const steps = few(fc.record({ name: text, ms }));
const table = fc.constantFrom('users', 'locations', 'showcases', 'regions');
const warning = some({ table, id: maybe(fc.integer()), row: text, reason: text }, { rows: size });
const source = fc.constantFrom('store', 'push', 'local', 'generation');
const indexFacts = some({ etag: maybe(text), sha256: text, size, time, source }, { digest: text });
const fileKind = fc.constantFrom(
  'index',
  'htpasswd',
  'map',
  'showcases',
  'tenants',
  'navigator',
  'maintenance',
);
const files = few(fc.record({ kind: fileKind, path: text, changed: fc.boolean(), size }));
const outcome = fc.constantFrom('updated', 'unchanged', 'held', 'dry-run', 'failed');

const noticedChange = some(
  {
    kind: fc.constantFrom('event', 'studio', 'login'),
    change: fc.constantFrom('new', 'moved', 'gone', 'password'),
    name: text,
  },
  { from: maybe(text), to: maybe(text) },
);
const runResult: fc.Arbitrary<RunResult> = some(
  {
    ...{ run: text, machine: text, region: maybe(text), outcome, shared: fc.boolean() },
    ...{ index: maybe(indexFacts), files, reload: fc.boolean(), warningCount: size },
    ...{ warnings: few(warning), steps },
  },
  { diff: text, changes: few(noticedChange), fallback: problem, error: problem, version: text },
);

const historyRow = fc.record({
  ...{
    run: text,
    trigger,
    beganAt: time,
    durationMs: maybe(ms),
    changed: few(fileKind),
    errorCode: maybe(code),
  },
  kind: fc.constantFrom('plain', 'forced', 'push', 'forced-push', 'rollback', 'start'),
  outcome: fc.oneof(outcome, fc.constantFrom('interrupted', 'running')),
});

const machineState: fc.Arbitrary<MachineState> = some(
  {
    ...{ outcome: fc.constant('state'), machine: text, region: maybe(text), index: maybe(indexFacts), files },
    ...{ pendingReload: fc.boolean(), fallback: maybe(problem), lastRun: maybe(historyRow) },
  },
  { version: text },
);

const summary: fc.Arbitrary<Summary> = some(
  {
    ...{ run: text, operation: text, machine: text, region: maybe(text), steps },
    outcome: fc.constantFrom('done', 'dry-run', 'handed-over', 'failed'),
    counts: fc.dictionary(text, size, { maxKeys: 3, noNullPrototype: true }),
    failures: few(fc.record({ step: text, name: text, code, message: text, hint: text })),
  },
  { error: problem },
);

const publishedIndex: fc.Arbitrary<PublishedIndex> = some(
  { etag: text, sha256: maybe(text), size, time, publishedAt: time, by: maybe(text) },
  { digest: text },
);
const index = publishedIndex;

const publish: fc.Arbitrary<PublishOutcome> = fc.oneof(
  fc.record({ kind: fc.constantFrom('published', 'unchanged', 'local'), index }),
  fc.record({ kind: fc.constant('push'), index, to: text }),
  fc.record({ kind: fc.constant('would-publish'), index, replaces: maybe(index), differences: few(text) }),
  fc.record({ kind: fc.constant('changed-elsewhere'), theirs: index, differences: few(text) }),
);
const standard = fc.record({
  index: maybe(index),
  from: fc.constantFrom('store', 'host', 'push', null),
});
const machine = some({ id: text, region: maybe(text), state: text }, { target: text });
const machineOutcome = fc.constantFrom('updated', 'unchanged', 'dry-run', 'same', 'differs', 'failed');
const fleetOperation = fc.constantFrom('update', 'dry-run', 'verify');
const asked = some(
  { machine, outcome: machineOutcome, etag: maybe(text), detail: text, attempts: size, ms: size },
  { version: text, error: fleetError },
);

const fleetReport: fc.Arbitrary<FleetReport> = some(
  {
    ...{ run: text, by: text, target: text, operation: fleetOperation, publish: maybe(publish) },
    ...{ index: maybe(index), machines: few(asked), skipped: few(machine), beganAt: time, ms: size },
    outcome: fc.constantFrom('done', 'failed', 'nothing-to-do', 'changed-elsewhere'),
  },
  { pushed: index, error: fleetError },
);

const type = <T extends string>(name: T) => ({ type: fc.constant(name) });
const began = {
  ...type('run-began'),
  ...{ run: text, trigger: maybe(trigger), by: maybe(text), target: text },
  steps: few(fc.record({ name: text, title: text })),
};
const number = fc.integer({ min: 1, max: 99 });
const item = { ...type('item'), step: text, name: text, detail: text, attempt: size };
const machineItem = { ...item, kind: fc.constant('machine'), machine };
const fileItem = { ...item, kind: fc.constant('file'), phase: fc.constant('done') };
const done = { phase: fc.constant('done') };

/** One arbitrary for each type, and for each kind of it. */
const bodies: fc.Arbitrary<EventBody>[] = [
  fc.record({ ...began, kind: fc.constantFrom('update', 'operation'), operation: text }),
  fc.record({ ...began, kind: fc.constant('fleet'), operation: fleetOperation, noun: fc.tuple(text, text) }),
  fc.record({ ...type('step'), number, of: fc.constant(99), name: text, title: text }),
  fc.record({
    ...{ ...type('step-done'), number, of: fc.constant(99), name: text, ms, detail: text },
    outcome: fc.constantFrom('done', 'failed'),
  }),
  fc.record({
    ...{ ...item, ...done, kind: fc.constantFrom('tenant', 'page') },
    outcome: fc.constantFrom('changed', 'removed', 'would-change', 'left-alone', 'failed'),
  }),
  publish.chain((what) =>
    fc.record({ ...fileItem, outcome: fc.constant(what.kind), publish: fc.constant(what) }),
  ) as fc.Arbitrary<EventBody>,
  fc.record({ ...fileItem, outcome: fc.constantFrom('found', 'missing'), standard }),
  fc.record({ ...machineItem, phase: fc.constantFrom('waiting', 'asking'), outcome: fc.constant(null) }),
  fc.record({ ...machineItem, phase: fc.constant('pausing'), outcome: fc.constant(null), waitMs: ms }),
  fc.record({ ...machineItem, ...done, outcome: fc.constant('skipped') }),
  some(
    { ...machineItem, ...done, outcome: machineOutcome, etag: maybe(text), ms: size },
    { version: text, error: fleetError },
  ) as fc.Arbitrary<EventBody>,
  some({ ...type('progress'), step: text, done: size, total: size }, { concurrency: size }),
  some(
    { ...type('note'), message: text },
    { level: fc.constantFrom('warning' as const, 'info' as const), isPrivate: fc.boolean() },
  ),
  fc.record({ ...type('warning'), warning }),
  fc.record({
    ...{ ...type('log'), step: text, name: text, lines: few(text) },
    kind: fc.constantFrom('machine', 'command'),
  }),
  fc.record({ ...type('run-ended'), kind: fc.constant('update'), result: runResult }),
  fc.record({ ...type('run-ended'), kind: fc.constant('state'), result: machineState }),
  fc.record({ ...type('run-ended'), kind: fc.constant('operation'), result: summary }),
  fc.record({ ...type('run-ended'), kind: fc.constant('fleet'), result: fleetReport }),
];

const envelope = fc.record({
  v: fc.constant(1 as const),
  run: maybe(text),
  seq: fc.integer({ min: 1 }),
  at: time,
});

export const anyEvent: fc.Arbitrary<RunEvent> = fc
  .tuple(envelope, fc.oneof(...bodies))
  .map(([given, body]) => ({ ...given, ...body }));
