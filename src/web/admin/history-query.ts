import type { Change, ChangeFilter, ChangeState, Run, RunFilter, RunState } from '../../runs/run-model.ts';

export const KINDS: readonly (readonly [Change['kind'], string])[] = [
  ['event', 'Events'],
  ['studio', 'Studios'],
  ['user', 'Users'],
  ['region', 'Regions'],
  ['password', 'Passwords'],
  ['update', 'Updates of the machines'],
];

export const CHANGE_STATES: readonly (readonly [ChangeState, string])[] = [
  ['pending', 'Saved, not published'],
  ['asked', 'Being published'],
  ['checking', 'Being checked'],
  ['live', 'Live'],
  ['failed', 'Failed'],
  ['dropped', 'Not saved'],
];

export const RUN_STATES: readonly (readonly [RunState, string])[] = [
  ['waiting', 'Waiting'],
  ['running', 'Running'],
  ['done', 'Done'],
  ['failed', 'Failed'],
  ['cancelled', 'Cancelled'],
  ['interrupted', 'Interrupted'],
];

/** What the address asks for; what makes no sense counts as not asked. */
export function changeFilter(query: URLSearchParams): ChangeFilter {
  const [kind, state] = [chosen(query, 'kind', KINDS), chosen(query, 'state', CHANGE_STATES)];
  const [since, last] = ['since', 'until'].map((name) => dayIn(query.get(name)));
  const [by, text, studio] = ['by', 'text', 'studio'].map((name) => query.get(name)?.trim() || null);
  return {
    ...(kind === null ? {} : { kinds: [kind] }),
    ...(state === null ? {} : { states: [state] }),
    ...(by ? { by } : {}),
    ...(text ? { text } : {}),
    ...(studio ? { studio } : {}),
    ...(since ? { since: since.toISOString() } : {}),
    ...(last ? { before: new Date(last.getTime() + DAY_MS).toISOString() } : {}),
  };
}

export function runFilter(query: URLSearchParams): RunFilter {
  const state = chosen(query, 'state', RUN_STATES);
  const target = query.get('target')?.trim() || null;
  return { ...(state === null ? {} : { states: [state] }), ...(target === null ? {} : { target }) };
}

const DAY_MS = 86_400_000;

/** The beginning of a day in UTC; null for what is none. */
function dayIn(text: string | null): Date | null {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') ? new Date(`${text}T00:00:00Z`) : null;
  return day === null || Number.isNaN(day.getTime()) ? null : day;
}

function chosen<T extends string>(
  query: URLSearchParams,
  name: string,
  choices: readonly (readonly [T, string])[],
): T | null {
  return choices.find(([value]) => value === query.get(name))?.[0] ?? null;
}

/** The rows of an export: all that fit, but no more than this. */
export const MOST_EXPORTED = 10_000;

/** What an export of so many rows leaves out, as a sentence; empty for nothing. */
export function leftOut(total: number): string {
  if (total <= MOST_EXPORTED) return '';
  const most = MOST_EXPORTED.toLocaleString('en');
  return `Only the newest ${most} of ${total.toLocaleString('en')} go along: choose days to have the others.`;
}

export const CHANGE_HEADINGS = [
  'at',
  'by',
  'kind',
  'action',
  'subject',
  'studio',
  'state',
  'target',
  'run',
  'changed',
  'problem',
];

export function changeCells(change: Change, changed: string): (string | null)[] {
  const { at, by, kind, action, subject, studio, state, target, run, problem } = change;
  return [at, by, kind, action, subject, studio, state, target, run, changed, problem?.message ?? null];
}

export const RUN_HEADINGS = [
  'made',
  'began',
  'ended',
  'run',
  'by',
  'trigger',
  'target',
  'state',
  'attempt',
  'exit code',
  'problem',
  'done again by',
];

export function runCells(run: Run): (string | number | null)[] {
  const { madeAt, beganAt, endedAt, id, by, trigger, target, state, attempt, exitCode, error, next } = run;
  return [
    madeAt,
    beganAt,
    endedAt,
    id,
    by,
    trigger,
    target,
    state,
    attempt,
    exitCode,
    error?.message ?? null,
    next,
  ];
}
