import { FAILURE_CODES, type Problem } from '../failure.ts';
import type { NoticedChange } from '../noticed-change.ts';
import type { Warning } from '../warning.ts';
import {
  amount,
  count,
  type Decoder,
  flag,
  integer,
  list,
  nullOr,
  object,
  oneOf,
  optional,
  record,
  text,
  time,
  variant,
} from './decoders.ts';
import type {
  FleetError,
  FleetReport,
  Machine,
  MachineOutcome,
  PublishedIndex,
  PublishOutcome,
  Standard,
} from './fleet-results.ts';
import type {
  FileFacts,
  HistoryRow,
  IndexFacts,
  ItemFailure,
  MachineState,
  RunResult,
  StepFacts,
  Summary,
} from './results.ts';

/* Results of runs, decoded for other processes of this project. */

const code = oneOf(...FAILURE_CODES);
const problemFields = { code, message: text, hint: text };
const problem = object<Problem>(problemFields);
const steps = list(object<StepFacts>({ name: text, ms: amount }));

export const warning = object<Warning>({
  table: oneOf('users', 'locations', 'showcases', 'regions'),
  id: nullOr(integer),
  row: text,
  reason: text,
  rows: optional(count),
});

const indexFacts = object<IndexFacts>({
  etag: nullOr(text),
  sha256: text,
  digest: optional(text),
  size: count,
  time,
  source: oneOf('store', 'push', 'local', 'generation'),
});

const fileKind = oneOf('index', 'htpasswd', 'map', 'showcases', 'tenants', 'navigator', 'maintenance');
const files = list(object<FileFacts>({ kind: fileKind, path: text, changed: flag, size: count }));
const noticedChange = object<NoticedChange>({
  kind: oneOf('event', 'studio', 'login'),
  change: oneOf('new', 'moved', 'gone', 'password'),
  name: text,
  from: optional(nullOr(text)),
  to: optional(nullOr(text)),
});

const outcomes = ['updated', 'unchanged', 'held', 'dry-run', 'failed'] as const;
export const trigger = oneOf('cgi', 'command', 'start', 'resume', 'rollback');

export const runResult = object<RunResult>({
  run: text,
  machine: text,
  region: nullOr(text),
  outcome: oneOf(...outcomes),
  shared: flag,
  index: nullOr(indexFacts),
  files,
  reload: flag,
  warningCount: count,
  warnings: list(warning),
  steps,
  diff: optional(text),
  changes: optional(list(noticedChange)),
  fallback: optional(problem),
  error: optional(problem),
  version: optional(text),
});

const historyRow = object<HistoryRow>({
  run: text,
  trigger,
  kind: oneOf('plain', 'forced', 'push', 'forced-push', 'rollback', 'start'),
  beganAt: time,
  durationMs: nullOr(amount),
  outcome: oneOf(...outcomes, 'interrupted', 'running'),
  changed: list(fileKind),
  errorCode: nullOr(code),
});

export const machineState = object<MachineState>({
  outcome: oneOf('state'),
  machine: text,
  region: nullOr(text),
  index: nullOr(indexFacts),
  files,
  pendingReload: flag,
  fallback: nullOr(problem),
  lastRun: nullOr(historyRow),
  version: optional(text),
});

export const summary = object<Summary>({
  run: text,
  operation: text,
  machine: text,
  region: nullOr(text),
  outcome: oneOf('done', 'dry-run', 'handed-over', 'failed'),
  counts: record(count),
  failures: list(object<ItemFailure>({ step: text, name: text, ...problemFields })),
  steps,
  error: optional(problem),
});

const publishedIndex = object<PublishedIndex>({
  etag: text,
  sha256: nullOr(text),
  digest: optional(text),
  size: count,
  time,
  publishedAt: time,
  by: nullOr(text),
});

type Published<K> = Extract<PublishOutcome, { readonly kind: K }>;
const differences = list(text);
const plain = object<Published<'published' | 'unchanged' | 'local'>>({
  kind: oneOf('published', 'unchanged', 'local'),
  undoes: optional(text),
  index: publishedIndex,
});

export const publishOutcome: Decoder<PublishOutcome> = variant<PublishOutcome>('kind', {
  published: plain,
  unchanged: plain,
  local: plain,
  push: object<Published<'push'>>({
    kind: oneOf('push'),
    undoes: optional(text),
    index: publishedIndex,
    to: text,
  }),
  'would-publish': object<Published<'would-publish'>>({
    kind: oneOf('would-publish'),
    undoes: optional(text),
    index: publishedIndex,
    replaces: nullOr(publishedIndex),
    differences,
  }),
  'changed-elsewhere': object<Published<'changed-elsewhere'>>({
    kind: oneOf('changed-elsewhere'),
    theirs: publishedIndex,
    differences,
  }),
});

export const standard = object<Standard>({
  index: nullOr(publishedIndex),
  from: oneOf('store', 'host', 'push', null),
});

export const machine = object<Machine>({
  id: text,
  region: nullOr(text),
  state: text,
  target: optional(text),
});

export const fleetError = object<FleetError>({ ...problemFields, hintFrom: optional(oneOf('machine')) });
export const machineOutcome = oneOf('updated', 'unchanged', 'dry-run', 'same', 'differs', 'failed');
export const fleetOperation = oneOf('update', 'undo', 'dry-run', 'verify');

export const fleetReport = object<FleetReport>({
  run: text,
  by: text,
  target: text,
  operation: fleetOperation,
  outcome: oneOf('done', 'failed', 'nothing-to-do', 'changed-elsewhere'),
  publish: nullOr(publishOutcome),
  index: nullOr(publishedIndex),
  pushed: optional(publishedIndex),
  machines: list(
    object<MachineOutcome>({
      machine,
      outcome: machineOutcome,
      etag: nullOr(text),
      version: optional(text),
      detail: text,
      attempts: count,
      ms: count,
      error: optional(fleetError),
    }),
  ),
  skipped: list(machine),
  beganAt: time,
  ms: count,
  error: optional(fleetError),
});
