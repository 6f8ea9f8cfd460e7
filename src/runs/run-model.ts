import type { Problem } from '../failure.ts';
import type { RunEvent } from '../report/events.ts';
import type { FleetReport } from '../report/fleet-results.ts';

/**
 * `waiting`: it has not begun, and changes may still join it. `interrupted`: this server ended while it ran.
 * `cancelled`: somebody took it back before it began.
 */
export type RunState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

/**
 * `retry`: an automatic one, or one that somebody asked for. `store`: another host has published an index, which the machines are
 * to have: such a run publishes nothing, takes no changes along, and is `store` on each attempt.
 */
export type RunTrigger = 'request' | 'edit' | 'password' | 'administrator' | 'retry' | 'hook' | 'store';

/** The target of a run that deploys the application, by a command of the operator's. */
export const DEPLOYMENT = 'deployment';

/** One start of `scripts/config-update --events` for a target. */
export interface Run {
  /** 26 characters, 128 random bits: safe in an address, and not to be guessed. */
  readonly id: string;
  /** As `--target` takes it: `fly`, `kamal`, `fly,kamal`; or `deployment`. */
  readonly target: string;
  readonly state: RunState;
  /** From 1; automatic retries go on counting. It begins anew with a change that joins a retry. */
  readonly attempt: number;
  readonly trigger: RunTrigger;
  /** Userid of who asked first. */
  readonly by: string;
  /** ISO 8601, UTC, as all times here. */
  readonly madeAt: string;
  readonly beganAt: string | null;
  readonly endedAt: string | null;
  /** Until then a retry waits; null for one that need not. */
  readonly notBefore: string | null;
  /** What config-update ended with; null before, and if it said nothing. */
  readonly report: FleetReport | null;
  /** Why it `failed`, was `cancelled` or `interrupted`. */
  readonly error: Problem | null;
  /** Of config-update; null if it has none, since it was killed or is not over. */
  readonly exitCode: number | null;
  /** Number of its last event; 0 for none. */
  readonly lastSeq: number;
  /** The run that does it again; null for none. */
  readonly next: string | null;
}

/**
 * `intended`: the index is being written. `pending`: the index has it, and nobody asked for a run. `asked`: a run that
 * waits or is under way publishes it. `checking`: the machines have it, and its address is asked. `dropped`: the index
 * does not have it.
 */
export type ChangeState = 'intended' | 'pending' | 'asked' | 'checking' | 'live' | 'failed' | 'dropped';

/** Columns of a row, never secrets. */
export type Values = Readonly<Record<string, string | number | null>>;

/** A row of the index before and after a change; null where it is not there. Without secrets. */
export interface RowChange {
  readonly table: 'users' | 'locations' | 'showcases' | 'regions';
  readonly id: number;
  readonly before: Values | null;
  readonly after: Values | null;
}

/** The address that must answer before a change is live, and what is known of it. */
export interface LiveCheck {
  /** Absolute. */
  readonly url: string;
  /** What became of the last check; absent before. */
  readonly result?: LiveResult;
}

export interface LiveResult {
  readonly isLive: boolean;
  /** In words: why it counts, or does not. */
  readonly reason: string;
  /** Of the last answer; null for none. */
  readonly status: number | null;
  /** ETag of the index that the machines had by then, as the run says; null if it does not. */
  readonly revision: string | null;
  readonly at: string;
  /** Requests made. */
  readonly tries: number;
}

/** One thing that somebody did. */
export interface Change {
  /** As that of a run. */
  readonly id: string;
  readonly at: string;
  /** Userid. */
  readonly by: string;
  readonly kind: 'event' | 'studio' | 'user' | 'region' | 'password' | 'update';
  readonly action: 'create' | 'update' | 'delete' | 'publish';
  /** In words, e.g. `2027/boston/spring-showcase`, or `all machines`. */
  readonly subject: string;
  /** Key of the studio whose owners may see it; null for none. */
  readonly studio: string | null;
  readonly before: Values | null;
  readonly after: Values | null;
  /** All rows that it wrote, in that order: the way back. */
  readonly rows: readonly RowChange[];
  readonly state: ChangeState;
  /** The target of the run that publishes it. */
  readonly target: string;
  /** The run that publishes it (follows retries); null before one is asked for. */
  readonly run: string | null;
  readonly live: LiveCheck | null;
  /** Why it `failed`; of one that is `live`, which machines do not have it. */
  readonly problem: Problem | null;
}

/** A change that is going to be made. */
export interface NewChange
  extends Pick<Change, 'by' | 'kind' | 'action' | 'subject' | 'studio' | 'before' | 'after'> {
  /** None where absent. */
  readonly rows?: readonly RowChange[];
  /** Absent for the usual one. */
  readonly target?: string;
  /** What it will be, should this process be killed before it says `saved`. */
  readonly live?: LiveCheck | null;
  /** The same: false for one that stays pending. */
  readonly publish?: boolean;
}

/** A change that the index has. What is absent stays as it was intended. */
export interface Saved {
  readonly after?: Values | null;
  readonly live?: LiveCheck | null;
  readonly publish: boolean;
}

export interface StoredEvent {
  /** From 1, within the run. */
  readonly seq: number;
  readonly at: string;
  readonly event: RunEvent;
}

/** A part of a list, newest first. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** How many there are on all pages. */
  readonly total: number;
}

interface Paged {
  /** From 1; 1 where absent. */
  readonly page?: number;
  /** Rows a page; 50 where absent. */
  readonly limit?: number;
}

/** What is absent does not matter. */
export interface RunFilter extends Paged {
  readonly states?: readonly RunState[];
  readonly target?: string;
}

/** What is absent does not matter. */
export interface ChangeFilter extends Paged {
  readonly states?: readonly ChangeState[];
  readonly kinds?: readonly Change['kind'][];
  readonly studio?: string;
  readonly by?: string;
  /** ISO 8601: made then or later, and before then. */
  readonly since?: string;
  readonly before?: string;
  /** A part of the subject, letters of either case. */
  readonly text?: string;
}
