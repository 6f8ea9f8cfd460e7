/*
 * What a run of config-update tells a dashboard, as JSON: `POST {callback_url}/{deploy id}/logs` and `/status`. The fields of
 * the first line of each type are those of the nvoi gem's plan; all others are additions that a receiver of the plan passes
 * over. docs/DASHBOARD.md has the whole contract.
 */

/** No others: a receiver of the plan has no class for them. */
export const CALLBACK_LEVELS = ['info', 'success', 'error', 'warning', 'step', 'ok'] as const;
export type CallbackLevel = (typeof CALLBACK_LEVELS)[number];

/** Of a run: what it does to the index. `delete`: an undo. */
export const CALLBACK_OPERATIONS = ['deploy', 'delete'] as const;
export type CallbackOperation = (typeof CALLBACK_OPERATIONS)[number];

/** How a run ended, finer than its status. */
export const CALLBACK_OUTCOMES = [
  'done',
  'nothing-to-do',
  'failed',
  'changed-elsewhere',
  'cancelled',
  'interrupted',
] as const;
export type CallbackOutcome = (typeof CALLBACK_OUTCOMES)[number];

/** The step that a line belongs to. */
export type CallbackStep = 'publish' | 'find' | 'update';

/** One line of a log. `logged_at`: ISO 8601, UTC, milliseconds: when it happened. */
export interface CallbackLine {
  readonly level: CallbackLevel;
  readonly message: string;
  readonly logged_at: string;
  /** From 1, without gaps within a run: the only order that counts. */
  readonly seq: number;
  /** Whose line it is. */
  readonly machine?: string;
  readonly step?: CallbackStep;
}

/** First and last number of lines that the sender gave up, both included. */
export type LostRange = readonly [first: number, last: number];

interface OfRun {
  readonly deploy_id: string;
  /** Name of the run, as `newRunId` makes it. */
  readonly run: string;
  readonly operation: CallbackOperation;
  /** Lines that will never come; absent for none. */
  readonly lost?: readonly LostRange[];
}

/** Lines with numbers from `first_seq` to `last_seq`. Without lines it is a heartbeat: the next number, and the last one. */
export interface LogsBody extends OfRun {
  readonly logs: readonly CallbackLine[];
  readonly first_seq: number;
  readonly last_seq: number;
}

interface StatusOfRun extends OfRun {
  /** From 1 within the run. */
  readonly status_seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Number of the last line that was kept before it; 0 for none. */
  readonly last_seq: number;
}

/** Absent where it is not known; the four of the plan are null instead. */
export interface StartedBody extends StatusOfRun {
  readonly status: 'started';
  readonly git_sha: string | null;
  readonly git_ref: string | null;
  readonly ci_provider: string | null;
  readonly ci_run_url: string | null;
  readonly by?: string;
  readonly target?: string;
  readonly command?: string;
  readonly version?: string;
  readonly ci_attempt?: string;
  readonly ci_job?: string;
  readonly commit_url?: string;
}

interface EndedBody extends StatusOfRun {
  /** Whole seconds, and milliseconds; absent for a run that ended without a word. */
  readonly duration_seconds?: number;
  readonly duration_ms?: number;
  /** Lines that were given up, numbered or not. */
  readonly dropped: number;
  readonly outcome: CallbackOutcome;
  readonly exit_code?: number;
  readonly index?: { readonly kind: string; readonly etag: string; readonly size?: number };
  readonly machines?: CallbackMachines;
  /** Names of those that failed. */
  readonly failed_machines?: readonly string[];
}

/** How many machines ended how. */
export interface CallbackMachines {
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Where what was deployed is reached. Never with anything else: objects of the gem's hold a token, too. */
export interface Tunnel {
  readonly service_name: string;
  readonly hostname: string;
}

export interface CompletedBody extends EndedBody {
  readonly status: 'completed';
  readonly tunnels: readonly Tunnel[];
}

export interface FailedBody extends EndedBody {
  readonly status: 'failed';
  readonly error: string;
  readonly error_code?: string;
  readonly hint?: string;
}

export type StatusBody = StartedBody | CompletedBody | FailedBody;

/** What our receiver answers; one of the plan answers nothing. */
export interface CallbackAnswer {
  /** Lines, or statuses, that were new. */
  readonly accepted: number;
  readonly duplicates: number;
  /** Lines past the most that a run may have, which are not kept, and count as lost; absent for none. */
  readonly refused?: number;
  /** The highest number of a line below which none is missing; lost ones count as there. */
  readonly last_seq: number;
  /** Where people see it. */
  readonly url: string;
}

/** Names of headers. */
export const SIGNATURE_HEADER = 'X-Nvoi-Signature';
export const DEPLOY_HEADER = 'X-Nvoi-Deploy-Id';
export const RUN_HEADER = 'X-Nvoi-Run';

/** What an id of a deploy looks like: it stands in a path and in a header. */
export const DEPLOY_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;
