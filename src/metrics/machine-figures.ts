import type { FailureCode } from '../failure.ts';
import type { Remembered } from '../journal/remembered.ts';
import type { HistoryRow, IndexFacts } from '../report/results.ts';
import { type Figure, gauge, inSeconds, stateOf } from './exposition.ts';

/** What a machine knows of itself. Null for what it does not. */
export interface MachineFacts {
  readonly machine: string;
  readonly region: string | null;
  readonly version: string;
  readonly node: string;
  /** Newest first. */
  readonly runs: readonly HistoryRow[];
  readonly remembered: Pick<Remembered, 'installed' | 'pendingReload' | 'owedUpdate'>;
  readonly index: Pick<IndexFacts, 'time' | 'size'> | null;
  readonly contents: { readonly events: number; readonly warnings: number } | null;
  readonly databases: DatabaseFacts | null;
}

/** Databases of the events that this machine serves. */
export interface DatabaseFacts {
  readonly all: number;
  /** Of which there is no file, or an empty one. */
  readonly missing: number;
  /** Which may have changed here since the store had the same, and which this machine is to upload. */
  readonly behind: number;
}

const OUTCOMES: readonly HistoryRow['outcome'][] = [
  ...(['updated', 'unchanged', 'held', 'failed', 'interrupted', 'running'] as const),
];

/** The figures of one machine; none of their labels is of what people type. */
export function machineFigures(facts: MachineFacts): Figure[] {
  const { machine, region, version, node, runs, remembered, index, contents, databases } = facts;
  const [last = null] = runs;
  const success = runs.find(({ outcome }) => outcome === 'updated' || outcome === 'unchanged') ?? null;
  const { owedUpdate, installed, pendingReload } = remembered;
  return [
    {
      name: 'showcase_machine_info',
      help: 'Which machine this is, and which release it has; always 1',
      type: 'gauge',
      samples: [[{ machine, region: region ?? '', version, node }, 1]],
    },
    gauge(
      'showcase_machine_last_success_timestamp_seconds',
      'When an update last ended well, among the last 500 runs',
      success && inSeconds(success.beganAt, success.durationMs ?? 0),
    ),
    gauge(
      'showcase_machine_last_run_timestamp_seconds',
      'When the last run began',
      inSeconds(last?.beganAt ?? null),
    ),
    gauge(
      'showcase_machine_last_run_duration_seconds',
      'How long it took; absent for one that did not end',
      last?.durationMs == null ? null : last.durationMs / 1000,
    ),
    stateOf('showcase_machine_last_run_outcome', 'How it ended: 1 for that', {
      label: 'outcome',
      values: OUTCOMES,
      now: last?.outcome ?? null,
    }),
    {
      name: 'showcase_machine_last_run_error',
      help: 'The code of the error that it ended with; absent for none',
      type: 'gauge',
      samples: last?.errorCode ? [[{ code: last.errorCode }, 1]] : [],
    },
    gauge(
      'showcase_machine_index_timestamp_seconds',
      'When the installed index was last changed',
      inSeconds(index?.time ?? null),
    ),
    gauge('showcase_machine_index_size_bytes', 'Size of the installed index', index?.size ?? null),
    gauge('showcase_machine_events', 'Events in it, of all machines', contents?.events ?? null),
    gauge(
      'showcase_machine_warnings',
      'Rows of it that are left out, or read with a reservation',
      contents?.warnings ?? null,
    ),
    gauge(
      'showcase_machine_index_held',
      'Whether it was rolled back, so that the one of the store does not come back by itself',
      installed?.held ?? false,
    ),
    gauge(
      'showcase_machine_update_owed',
      'Whether an update failed when this machine came up, which serves from its own index since',
      owedUpdate !== null,
    ),
    {
      name: 'showcase_machine_update_owed_reason',
      help: 'The code of the error that it failed with; absent for none',
      type: 'gauge',
      samples: owedUpdate ? [[{ code: owedUpdate.code }, 1]] : [],
    },
    gauge(
      'showcase_machine_reload_pending',
      'Whether a run was cut short, so that Navigator does not know what it changed',
      pendingReload,
    ),
    gauge(
      'showcase_machine_databases',
      'Databases of the events that this machine serves',
      databases?.all ?? null,
    ),
    gauge(
      'showcase_machine_databases_missing',
      'Of these, those that are not here, or empty',
      databases?.missing ?? null,
    ),
    gauge(
      'showcase_machine_databases_behind',
      'Of these, those that may have changed here since the store had the same',
      databases?.behind ?? null,
    ),
  ];
}

/** Whether the last update could begin. @param code of what kept it from that; null if it could */
export function refusalFigures(code: FailureCode | null): Figure[] {
  return [
    gauge(
      'showcase_machine_update_refused',
      'Whether the last update could not even begin, by a setting or a directory; the history does not have it',
      code !== null,
    ),
    {
      name: 'showcase_machine_update_refused_reason',
      help: 'The code of the error that it ended with; absent for none',
      type: 'gauge',
      samples: code === null ? [] : [[{ code }, 1]],
    },
  ];
}
