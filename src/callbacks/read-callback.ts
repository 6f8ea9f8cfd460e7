import { parseJson } from '../json.ts';
import {
  BODY,
  type Field,
  FieldsOf,
  list,
  matching,
  oneOf,
  text,
  time,
  WrongField,
  wholeNumber,
} from './body-fields.ts';
import {
  CALLBACK_LEVELS,
  CALLBACK_OPERATIONS,
  CALLBACK_OUTCOMES,
  type CallbackLine,
  type CallbackMachines,
  type CompletedBody,
  DEPLOY_ID,
  type FailedBody,
  type LogsBody,
  type LostRange,
  type StartedBody,
  type StatusBody,
  type Tunnel,
} from './wire.ts';

/** A body as it is taken, or the field that is wrong. */
export type ReadBody<T> =
  | { readonly kind: 'read'; readonly body: T }
  | { readonly kind: 'wrong'; readonly field: string; readonly error: string };

/** Bytes of a line's text: ours cuts at 8 KiB. */
const MOST_MESSAGE = 64 * 1024;
/** Lines of a batch: ours has 200. */
export const MOST_LINES = 5000;
/** Of a line: a run of ours has 100,000. */
const MOST_SEQ = 1_000_000_000;
/** Bytes of a name, a version or an address. */
const MOST_TEXT = 2000;
const MOST_SHA = 64;
const MOST_HOST_NAME = 255;
const MOST_RANGES = 10_000;
const MOST_TUNNELS = 100;
const MOST_MACHINES = 10_000;
/** A year. */
const MOST_SECONDS = 366 * 86_400;

/** Those of a receiver's own: a sender that gives its runs names must not write into them. */
const PLAN_RUN = /^legacy-/i;
const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

const short = text(MOST_TEXT);
const seq = wholeNumber(1, MOST_SEQ);
const count = wholeNumber(0, MOST_SEQ);

const run: Field<string> = (value, field) => {
  const name = matching(RUN_NAME, 'the name of a run')(value, field);
  if (PLAN_RUN.test(name)) throw new WrongField(field, 'is a name that this receiver gives by itself');
  return name;
};

const lostRange: Field<LostRange> = (value, field) => {
  const [first, last, ...more] = list(seq, 2)(value, field);
  if (first === undefined || last === undefined || more.length > 0 || first > last)
    throw new WrongField(field, 'is not a first and a last number');
  return [first, last];
};

const line: Field<CallbackLine> = (value, field) => {
  const fields = new FieldsOf(value, field);
  return {
    level: fields.get('level', oneOf(CALLBACK_LEVELS)),
    message: fields.get('message', text(MOST_MESSAGE)),
    logged_at: fields.get('logged_at', time),
    seq: fields.get('seq', seq),
    ...fields.part('machine', short),
    ...fields.part('step', oneOf(['publish', 'find', 'update'] as const)),
  };
};

const tunnel: Field<Tunnel> = (value, field) => {
  const fields = new FieldsOf(value, field);
  return {
    service_name: fields.get('service_name', short),
    hostname: fields.get('hostname', text(MOST_HOST_NAME)),
  };
};

export const tunnels = list(tunnel, MOST_TUNNELS);

const machines: Field<CallbackMachines> = (value, field) => {
  const fields = new FieldsOf(value, field);
  return {
    updated: fields.get('updated', count),
    unchanged: fields.get('unchanged', count),
    failed: fields.get('failed', count),
    skipped: fields.get('skipped', count),
  };
};

const index = (value: unknown, field: string) => {
  const fields = new FieldsOf(value, field);
  return {
    kind: fields.get('kind', short),
    etag: fields.get('etag', short),
    ...fields.part('size', wholeNumber(0, Number.MAX_SAFE_INTEGER)),
  };
};

/** Where a run comes from; null outside of CI, and where it is not said. */
export function sourceOf(
  fields: FieldsOf,
): Pick<StartedBody, 'git_sha' | 'git_ref' | 'ci_provider' | 'ci_run_url'> {
  return {
    git_sha: fields.orNull('git_sha', text(MOST_SHA)),
    git_ref: fields.orNull('git_ref', short),
    ci_provider: fields.orNull('ci_provider', short),
    ci_run_url: fields.orNull('ci_run_url', short),
  };
}

/** Seconds. */
export const seconds = wholeNumber(0, MOST_SECONDS);
export const errorText = text(MOST_MESSAGE);

function ofRun(fields: FieldsOf) {
  return {
    deploy_id: fields.get('deploy_id', matching(DEPLOY_ID, 'a deploy id')),
    run: fields.get('run', run),
    operation: fields.get('operation', oneOf(CALLBACK_OPERATIONS)),
    ...fields.part('lost', list(lostRange, MOST_RANGES)),
  };
}

const logs: Field<LogsBody> = (value, field) => {
  const fields = new FieldsOf(value, field);
  const body = {
    logs: fields.get('logs', list(line, MOST_LINES)),
    ...ofRun(fields),
    first_seq: fields.get('first_seq', seq),
    last_seq: fields.get('last_seq', count),
  };
  for (const [at, { seq: number }] of body.logs.entries()) {
    if (number < body.first_seq || number > body.last_seq)
      throw new WrongField(`logs[${at}].seq`, `is not from ${body.first_seq} to ${body.last_seq}`);
  }
  return body;
};

function ofStatus(fields: FieldsOf) {
  return {
    ...ofRun(fields),
    status_seq: fields.get('status_seq', seq),
    at: fields.get('at', time),
    last_seq: fields.get('last_seq', count),
  };
}

function ofEnd(fields: FieldsOf) {
  return {
    ...ofStatus(fields),
    ...fields.part('duration_seconds', seconds),
    ...fields.part('duration_ms', wholeNumber(0, MOST_SECONDS * 1000)),
    dropped: fields.orNull('dropped', count) ?? 0,
    outcome: fields.get('outcome', oneOf(CALLBACK_OUTCOMES)),
    ...fields.part('exit_code', wholeNumber(0, 255)),
    ...fields.part('index', index),
    ...fields.part('machines', machines),
    ...fields.part('failed_machines', list(short, MOST_MACHINES)),
  };
}

const KINDS: { readonly [Kind in StatusBody['status']]: (fields: FieldsOf) => StatusBody } = {
  started: (fields): StartedBody => ({
    status: 'started',
    ...sourceOf(fields),
    ...ofStatus(fields),
    ...fields.part('by', short),
    ...fields.part('target', short),
    ...fields.part('command', short),
    ...fields.part('version', short),
    ...fields.part('ci_attempt', short),
    ...fields.part('ci_job', short),
    ...fields.part('commit_url', short),
  }),
  completed: (fields): CompletedBody => ({
    status: 'completed',
    tunnels: fields.orNull('tunnels', tunnels) ?? [],
    ...ofEnd(fields),
  }),
  failed: (fields): FailedBody => ({
    status: 'failed',
    error: fields.get('error', errorText),
    ...ofEnd(fields),
    ...fields.part('error_code', short),
    ...fields.part('hint', errorText),
  }),
};

export const statusName = oneOf(['started', 'completed', 'failed'] as const);

const status: Field<StatusBody> = (value, field) => {
  const fields = new FieldsOf(value, field);
  return KINDS[fields.get('status', statusName)](fields);
};

/** @param value as `parseJson` gives it */
export function readLogs(value: unknown): ReadBody<LogsBody> {
  return readAs(value, logs);
}

/** @param value as `parseJson` gives it */
export function readStatus(value: unknown): ReadBody<StatusBody> {
  return readAs(value, status);
}

export function readAs<T>(value: unknown, read: Field<T>): ReadBody<T> {
  try {
    return { kind: 'read', body: read(value, BODY) };
  } catch (error) {
    if (!(error instanceof WrongField)) throw error;
    return { kind: 'wrong', field: error.field, error: error.message };
  }
}

/** What a body says of whom it is from, before it is read; undefined where it is not JSON. */
export function parseBody(bytes: Buffer): unknown {
  return parseJson(bytes.toString('utf8'));
}
