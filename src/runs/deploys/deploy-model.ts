import type {
  CallbackLevel,
  CallbackMachines,
  CallbackOperation,
  CallbackStep,
  LostRange,
  Tunnel,
} from '../../callbacks/wire.ts';

/** Of senders whose address names no project. */
export const DEFAULT_PROJECT = 'default';

/** Names of projects: they stand in paths and in the values of options. */
export const PROJECT_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Whose deploys are received, each with keys of its own. */
export interface Project {
  readonly name: string;
  /** ISO 8601, UTC, as all times here that are texts. */
  readonly createdAt: string;
  /** Whether senders of the nvoi gem's plan, whose requests can be replayed, are accepted. */
  readonly acceptsPlan: boolean;
}

/** `full`: a deploy key, which checks both signatures. `derived`: a `whsec_` key, which checks that of Standard Webhooks. */
export interface ProjectKey {
  /** A short digest of it, by which people name it; says nothing of the key. */
  readonly id: string;
  readonly kind: 'full' | 'derived';
  readonly addedAt: string;
  /** Null while it counts. */
  readonly retiredAt: string | null;
}

/** Secret. */
export interface ActiveKey {
  readonly kind: 'full' | 'derived';
  /** 64 hexadecimal digits, or `whsec_` and base64. */
  readonly secret: string;
}

/** A run that somewhere else told of itself. Fields of the sender are null where it did not say them. */
export interface ReceivedRun {
  /** As that of `Run`: 26 characters, for addresses. */
  readonly id: string;
  readonly project: string;
  /** The sender's id of the deploy, which may have several runs. */
  readonly deploy: string;
  /** The sender's name of the run; `legacy-1` and so on for senders that give none. */
  readonly run: string;
  /** From 1: which run of its deploy it is, in the order of their arrival. */
  readonly number: number;
  readonly operation: CallbackOperation;
  /** Null before the first status. */
  readonly status: 'started' | 'completed' | 'failed' | null;
  readonly outcome: string | null;
  readonly gitSha: string | null;
  readonly gitRef: string | null;
  readonly ciProvider: string | null;
  readonly ciRunUrl: string | null;
  readonly ciAttempt: string | null;
  readonly ciJob: string | null;
  readonly commitUrl: string | null;
  readonly by: string | null;
  readonly target: string | null;
  readonly command: string | null;
  readonly version: string | null;
  /** By the sender's clock. */
  readonly startedAt: string | null;
  /** By ours: when its first word came. */
  readonly receivedAt: string;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly error: string | null;
  readonly errorCode: string | null;
  readonly hint: string | null;
  readonly exitCode: number | null;
  readonly failedMachines: readonly string[];
  readonly tunnels: readonly Tunnel[];
  readonly index: { readonly kind: string; readonly etag: string; readonly size: number | null } | null;
  readonly machines: CallbackMachines | null;
  /** The highest number of a line below which none is missing; lost ones count as there. */
  readonly lastSeq: number;
  /** The highest number that the sender has named. */
  readonly sentLastSeq: number;
  readonly dropped: number;
  readonly lost: readonly LostRange[];
  /** By our clock, milliseconds since 1970: when anything of it came last, heartbeats included. */
  readonly lastHeardAt: number;
  /** Our clock minus the sender's, to the second, by the last request; null for a sender that does not say its time. */
  readonly skewMs: number | null;
  /** How much has come of it, lines and changes of its state: where a watcher is who has seen everything. */
  readonly cursor: number;
}

export interface ReceivedLine {
  readonly seq: number;
  readonly level: CallbackLevel;
  readonly message: string;
  readonly loggedAt: string;
  readonly machine: string | null;
  readonly step: CallbackStep | null;
}

/** What has come of a run after a cursor: lines in the order of their arrival, which need not be that of their numbers. */
export interface ReceivedNews {
  readonly lines: readonly ReceivedLine[];
  /** Behind the last of them. */
  readonly cursor: number;
}

/** What is absent does not matter. */
export interface ReceivedFilter {
  readonly project?: string;
  /** As `deployStanding` names them; `no signal` and `gone` by the present clock. */
  readonly standing?: string;
  readonly branch?: string;
  readonly operation?: CallbackOperation;
  /** A part of the deploy id, commit, branch, who or target; letters of either case. */
  readonly text?: string;
  readonly page?: number;
  readonly limit?: number;
}
