import { isRecord, parseJson } from '../json.ts';
import * as results from './decode-results.ts';
import {
  amount,
  count,
  type Decoder,
  flag,
  list,
  NotDecoded,
  nullOr,
  object,
  oneOf,
  optional,
  pair,
  text,
  time,
  variant,
} from './decoders.ts';
import { EVENTS_VERSION, type PlannedStep, type RunEvent } from './events.ts';

/** An event, or why a line is none. */
export type Decoded =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Reads a line that `--events` printed. Strict: it refuses another version, and a type or field that is unknown,
 * missing or of the wrong kind.
 */
export function decodeEvent(line: string): Decoded {
  const value = parseJson(line);
  if (value === undefined) return { kind: 'refused', reason: 'the line is not JSON' };
  if (isRecord(value) && Object.hasOwn(value, 'v') && value['v'] !== EVENTS_VERSION)
    return { kind: 'refused', reason: `version ${JSON.stringify(value['v'])} is not known` };
  try {
    return { kind: 'event', event: event(value, 'event') };
  } catch (error) {
    if (!(error instanceof NotDecoded)) throw error;
    return { kind: 'refused', reason: error.message };
  }
}

/** An event of a type, and of a kind, phase or outcome of it. */
type Of<T extends RunEvent['type'], Facts = unknown> = Extract<RunEvent, { readonly type: T } & Facts>;

const positive: Decoder<number> = (value, path) => {
  if (count(value, path) > 0) return value as number;
  throw new NotDecoded(`${path} is not a number from 1 up`);
};

const envelope = { v: oneOf(EVENTS_VERSION), run: nullOr(text), seq: positive, at: time };
const plannedStep = { name: text, title: text };
const began = {
  ...envelope,
  type: oneOf('run-began'),
  run: text,
  trigger: nullOr(results.trigger),
  by: nullOr(text),
  target: text,
  steps: list(object<PlannedStep>(plannedStep)),
};
const plainBegan = object<Of<'run-began', { kind: 'update' | 'operation' }>>({
  ...began,
  kind: oneOf('update', 'operation'),
  operation: text,
});
const numbers = { number: positive, of: positive };

const item = { ...envelope, type: oneOf('item'), step: text, name: text, detail: text, attempt: count };
const tenantItem = object<Of<'item', { kind: 'tenant' | 'page' }>>({
  ...item,
  kind: oneOf('tenant', 'page'),
  phase: oneOf('done'),
  outcome: oneOf('changed', 'removed', 'would-change', 'left-alone', 'failed'),
});

const fileFields = { ...item, kind: oneOf('file'), phase: oneOf('done') };
const publishItem = object<Of<'item', { publish: unknown }>>({
  ...fileFields,
  outcome: oneOf('published', 'unchanged', 'local', 'push', 'would-publish', 'changed-elsewhere'),
  publish: results.publishOutcome,
});
const standardItem = object<Of<'item', { standard: unknown }>>({
  ...fileFields,
  outcome: oneOf('found', 'missing'),
  standard: results.standard,
});
const fileItem = variant<Of<'item', { kind: 'file' }>>('outcome', {
  ...{ published: publishItem, unchanged: publishItem, local: publishItem, push: publishItem },
  ...{ 'would-publish': publishItem, 'changed-elsewhere': publishItem },
  ...{ found: standardItem, missing: standardItem },
});

const machineFields = { ...item, kind: oneOf('machine'), machine: results.machine };
const atWork = object<Of<'item', { phase: 'waiting' | 'asking' }>>({
  ...machineFields,
  phase: oneOf('waiting', 'asking'),
  outcome: oneOf(null),
});
const askedItem = object<Of<'item', { etag: unknown }>>({
  ...machineFields,
  phase: oneOf('done'),
  outcome: results.machineOutcome,
  etag: nullOr(text),
  version: optional(text),
  ms: count,
  error: optional(results.fleetError),
});
const skippedItem = object<Of<'item', { outcome: 'skipped' }>>({
  ...machineFields,
  phase: oneOf('done'),
  outcome: oneOf('skipped'),
});
const doneItem: Decoder<RunEvent> = (value, path) =>
  isRecord(value) && value['outcome'] === 'skipped' ? skippedItem(value, path) : askedItem(value, path);
const machineItem = variant<RunEvent>('phase', {
  waiting: atWork,
  asking: atWork,
  pausing: object<Of<'item', { phase: 'pausing' }>>({
    ...machineFields,
    phase: oneOf('pausing'),
    outcome: oneOf(null),
    waitMs: amount,
  }),
  done: doneItem,
});

const ended = { ...envelope, type: oneOf('run-ended') };

const byType = variant<RunEvent>('type', {
  'run-began': variant<RunEvent>('kind', {
    update: plainBegan,
    operation: plainBegan,
    fleet: object<Of<'run-began', { kind: 'fleet' }>>({
      ...began,
      kind: oneOf('fleet'),
      operation: results.fleetOperation,
      noun: pair(text),
    }),
  }),
  step: object<Of<'step'>>({ ...envelope, type: oneOf('step'), ...numbers, ...plannedStep }),
  'step-done': object<Of<'step-done'>>({
    ...envelope,
    ...numbers,
    type: oneOf('step-done'),
    name: text,
    ms: amount,
    outcome: oneOf('done', 'failed'),
    detail: text,
  }),
  item: variant<RunEvent>('kind', {
    tenant: tenantItem,
    page: tenantItem,
    file: fileItem,
    machine: machineItem,
  }),
  progress: object<Of<'progress'>>({
    ...envelope,
    type: oneOf('progress'),
    step: text,
    done: count,
    total: count,
    concurrency: optional(count),
  }),
  note: object<Of<'note'>>({
    ...envelope,
    type: oneOf('note'),
    message: text,
    level: optional(oneOf('warning', 'info')),
    isPrivate: optional(flag),
  }),
  warning: object<Of<'warning'>>({ ...envelope, type: oneOf('warning'), warning: results.warning }),
  log: object<Of<'log'>>({
    ...envelope,
    type: oneOf('log'),
    step: text,
    name: text,
    kind: oneOf('machine', 'command'),
    lines: list(text),
  }),
  'run-ended': variant<RunEvent>('kind', {
    update: object<Of<'run-ended', { kind: 'update' }>>({
      ...ended,
      kind: oneOf('update'),
      result: results.runResult,
    }),
    state: object<Of<'run-ended', { kind: 'state' }>>({
      ...ended,
      kind: oneOf('state'),
      result: results.machineState,
    }),
    operation: object<Of<'run-ended', { kind: 'operation' }>>({
      ...ended,
      kind: oneOf('operation'),
      result: results.summary,
    }),
    fleet: object<Of<'run-ended', { kind: 'fleet' }>>({
      ...ended,
      kind: oneOf('fleet'),
      result: results.fleetReport,
    }),
  }),
});

const event: Decoder<RunEvent> = (value, path) => {
  const read = byType(value, path);
  if ('number' in read && read.number > read.of) throw new NotDecoded(`${path}.number is more than of`);
  return read;
};
