import { type Field, FieldsOf, harmless, list, oneOf, time, WrongField } from './body-fields.ts';
import { cutMessage } from './cut-message.ts';
import {
  errorText,
  MOST_LINES,
  type ReadBody,
  readAs,
  seconds,
  sourceOf,
  statusName,
  tunnels,
} from './read-callback.ts';
import { CALLBACK_LEVELS, type CallbackLine, type StartedBody, type Tunnel } from './wire.ts';

/*
 * Bodies of the nvoi gem's plan, which name no run. Their senders log whatever a program has printed: colours, bars that
 * are drawn over each other, lines of any length.
 */

/** Bytes of a line's text, of which what is longer is cut: a sender of the plan sends no batch a second time. */
const MOST_PLAN_MESSAGE = 64 * 1024;

/** A line of a sender that gives no numbers. */
export type PlanLine = Omit<CallbackLine, 'seq'>;

export interface PlanStatusBody
  extends Pick<StartedBody, 'git_sha' | 'git_ref' | 'ci_provider' | 'ci_run_url'> {
  readonly status: 'started' | 'completed' | 'failed';
  readonly error: string | null;
  readonly tunnels: readonly Tunnel[];
  /** Whole seconds; null where it is not said. */
  readonly duration_seconds: number | null;
}

const message: Field<string> = (value, field) => {
  if (typeof value !== 'string') throw new WrongField(field, 'is not a text');
  return cutMessage(harmless(asSeen(value)), MOST_PLAN_MESSAGE);
};

const line: Field<PlanLine> = (value, field) => {
  const fields = new FieldsOf(value, field);
  return {
    level: fields.get('level', oneOf(CALLBACK_LEVELS)),
    message: fields.get('message', message),
    logged_at: fields.get('logged_at', time),
  };
};

const logs: Field<readonly PlanLine[]> = (value, field) =>
  new FieldsOf(value, field).get('logs', list(line, MOST_LINES));

/** Ruby may count in fractions of a second. */
const roundedSeconds: Field<number> = (value, field) =>
  seconds(typeof value === 'number' ? Math.round(value) : value, field);

const status: Field<PlanStatusBody> = (value, field) => {
  const fields = new FieldsOf(value, field);
  return {
    status: fields.get('status', statusName),
    ...sourceOf(fields),
    error: fields.orNull('error', errorText),
    tunnels: fields.orNull('tunnels', tunnels) ?? [],
    duration_seconds: fields.orNull('duration_seconds', roundedSeconds),
  };
};

/** @param value as `parseBody` gives it */
export function readPlanLogs(value: unknown): ReadBody<readonly PlanLine[]> {
  return readAs(value, logs);
}

/** @param value as `parseBody` gives it */
export function readPlanStatus(value: unknown): ReadBody<PlanStatusBody> {
  return readAs(value, status);
}

/**
 * What terminals take as orders (ECMA-48): sequences that set something, texts for the terminal itself, and short ones. Each
 * part is of characters that the next one does not have, so the time grows with the length alone.
 */
const ORDERS = new RegExp(
  [
    '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]?',
    '\\x1b[\\]PX^_][^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)',
    '\\x1b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);

/** A text as a terminal would show it in the end: without orders, and of each line what was written over it last. */
function asSeen(printed: string): string {
  return printed
    .replace(ORDERS, '')
    .split('\n')
    .map((one) => {
      let end = one.length;
      while (one[end - 1] === '\r') end -= 1;
      return one.slice(one.slice(0, end).lastIndexOf('\r') + 1, end);
    })
    .join('\n');
}
