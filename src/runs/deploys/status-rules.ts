import type { CompletedBody, FailedBody, StartedBody, StatusBody } from '../../callbacks/wire.ts';
import { type Cell, jsonOrNull } from '../row-values.ts';
import { hasEnded } from './deploy-standing.ts';
import type { PlanStatus } from './deploys.ts';
import type { Columns, ReceivedRow } from './received-row.ts';

/*
 * What a status does to a run. A status that was there before changes nothing, so it needs no record of its own. Orders of
 * arrival are not promised: a late `started` fills what is empty, and the first end is final, but one that was only guessed.
 */

/** Columns that become different; none for a status that says nothing new. */
export function afterStatus(row: ReceivedRow, body: StatusBody): Columns {
  return body.status === 'started' ? whereEmpty(row, startOf(body)) : atTheEnd(row, endOf(body));
}

/** @param at ISO 8601: the senders of the plan do not say when something ended */
export function afterPlanStatus(row: ReceivedRow, { status, fields }: PlanStatus, at: string): Columns {
  const context = {
    git_sha: fields.gitSha ?? null,
    git_ref: fields.gitRef ?? null,
    ci_provider: fields.ciProvider ?? null,
    ci_run_url: fields.ciRunUrl ?? null,
  };
  if (status === 'started') return whereEmpty(row, { status, ...context });
  const end = {
    status,
    outcome: status === 'completed' ? 'done' : 'failed',
    finished_at: at,
    duration_ms: fields.durationMs ?? null,
    error: fields.error ?? null,
    tunnels: jsonOrNull(fields.tunnels ?? null),
  };
  return atTheEnd(row, end);
}

function startOf(body: StartedBody): Columns {
  return {
    status: body.status,
    started_at: body.at,
    git_sha: body.git_sha,
    git_ref: body.git_ref,
    ci_provider: body.ci_provider,
    ci_run_url: body.ci_run_url,
    ci_attempt: body.ci_attempt ?? null,
    ci_job: body.ci_job ?? null,
    commit_url: body.commit_url ?? null,
    who: body.by ?? null,
    target: body.target ?? null,
    command: body.command ?? null,
    version: body.version ?? null,
  };
}

function endOf(body: CompletedBody | FailedBody): Columns {
  const { index } = body;
  const [failed, tunnels] = body.status === 'failed' ? [body, null] : [null, body.tunnels];
  return {
    status: body.status,
    outcome: body.outcome,
    finished_at: body.at,
    duration_ms:
      body.duration_ms ?? (body.duration_seconds === undefined ? null : body.duration_seconds * 1000),
    error: failed?.error ?? null,
    error_code: failed?.error_code ?? null,
    hint: failed?.hint ?? null,
    exit_code: body.exit_code ?? null,
    failed_machines: jsonOrNull(body.failed_machines ?? null),
    tunnels: jsonOrNull(tunnels),
    published: index ? JSON.stringify({ ...index, size: index.size ?? null }) : null,
    machines: jsonOrNull(body.machines ?? null),
  };
}

function whereEmpty(row: ReceivedRow, columns: Columns): Columns {
  const filled = entriesOf(columns).filter(([name, value]) => row[name] === null && value !== null);
  return Object.fromEntries(filled);
}

/** `interrupted` is what a later run makes of one that left no word: it gives way to what the run itself has said. */
function atTheEnd(row: ReceivedRow, end: Columns): Columns {
  const isGuess = row.outcome === 'interrupted' && end.outcome !== 'interrupted';
  return hasEnded(row) && !isGuess ? {} : end;
}

function entriesOf(columns: Columns): [keyof ReceivedRow, Cell][] {
  return Object.entries(columns) as [keyof ReceivedRow, Cell][];
}
