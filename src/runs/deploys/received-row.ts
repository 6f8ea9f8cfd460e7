import type { CallbackMachines, CallbackOperation, LostRange, Tunnel } from '../../callbacks/wire.ts';
import { type Cell, isoOf, parsedOrNull } from '../row-values.ts';
import type { ReceivedRun } from './deploy-model.ts';

/** A row of `deploy_runs`, with the names of its deploy and its project. */
export interface ReceivedRow {
  readonly sequence: number;
  readonly id: string;
  readonly run: string;
  readonly number: number;
  readonly operation: string;
  readonly status: string | null;
  readonly outcome: string | null;
  readonly git_sha: string | null;
  readonly git_ref: string | null;
  readonly ci_provider: string | null;
  readonly ci_run_url: string | null;
  readonly ci_attempt: string | null;
  readonly ci_job: string | null;
  readonly commit_url: string | null;
  readonly who: string | null;
  readonly target: string | null;
  readonly command: string | null;
  readonly version: string | null;
  readonly started_at: string | null;
  readonly received_at: number;
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
  readonly error: string | null;
  readonly error_code: string | null;
  readonly hint: string | null;
  readonly exit_code: number | null;
  readonly failed_machines: string | null;
  readonly tunnels: string | null;
  readonly published: string | null;
  readonly machines: string | null;
  readonly last_seq: number;
  readonly sent_last_seq: number;
  readonly dropped: number;
  readonly lost: string;
  readonly last_heard_at: number;
  readonly skew_ms: number | null;
  readonly cursor: number;
  readonly external_id: string;
  readonly project_name: string;
}

/** What becomes of a row. */
export type Columns = { readonly [K in keyof ReceivedRow]?: Cell };

/** What the list may be narrowed to by a part of it. */
export const SEARCHED = ['external_id', 'git_sha', 'git_ref', 'who', 'deploy_runs.target'];

export function receivedOf(row: ReceivedRow): ReceivedRun {
  return {
    id: row.id,
    project: row.project_name,
    deploy: row.external_id,
    run: row.run,
    number: row.number,
    operation: row.operation as CallbackOperation,
    status: row.status as ReceivedRun['status'],
    outcome: row.outcome,
    gitSha: row.git_sha,
    gitRef: row.git_ref,
    ciProvider: row.ci_provider,
    ciRunUrl: row.ci_run_url,
    ciAttempt: row.ci_attempt,
    ciJob: row.ci_job,
    commitUrl: row.commit_url,
    by: row.who,
    target: row.target,
    command: row.command,
    version: row.version,
    startedAt: row.started_at,
    receivedAt: isoOf(row.received_at),
    finishedAt: row.finished_at,
    durationMs: row.duration_ms,
    error: row.error,
    errorCode: row.error_code,
    hint: row.hint,
    exitCode: row.exit_code,
    failedMachines: parsedOrNull<string[]>(row.failed_machines) ?? [],
    tunnels: parsedOrNull<Tunnel[]>(row.tunnels) ?? [],
    index: parsedOrNull<NonNullable<ReceivedRun['index']>>(row.published),
    machines: parsedOrNull<CallbackMachines>(row.machines),
    lastSeq: row.last_seq,
    sentLastSeq: row.sent_last_seq,
    dropped: row.dropped,
    lost: JSON.parse(row.lost) as LostRange[],
    lastHeardAt: row.last_heard_at,
    skewMs: row.skew_ms,
    cursor: row.cursor,
  };
}
