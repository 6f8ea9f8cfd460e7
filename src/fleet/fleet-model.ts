import type { Problem } from '../failure.ts';
import type { PublishedIndex, PublishOutcome, Standard } from '../publish/published-index.ts';

/** A machine as its platform lists it. */
export interface Machine {
  /** Such as `3d8d9930b32d89`; for a target of one server, the server's name. Safe in a header and in a line. */
  readonly id: string;
  readonly region: string | null;
  /** The platform's own word, such as `started`, `suspended` or `created`. */
  readonly state: string;
  /** Name of its target; absent where a run has one target alone. */
  readonly target?: string;
}

/** The machines of a target: those to be updated, and those that converge when they resume. */
export interface Listing {
  readonly active: readonly Machine[];
  readonly skipped: readonly Machine[];
  /** How they were found, in words. */
  readonly source: string;
}

/** Where to POST, and with which headers to reach one machine and no other. */
interface Address {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** Somewhere that can be updated. A third kind is one more file with one of these. */
export interface Target {
  readonly name: string;
  /** What its machines are called to a person: one, and several. */
  readonly noun: readonly [string, string];
  /** Where update_config answers; every address has its protocol. */
  readonly url: URL;
  /** @throws {Failure} `fleet-unreachable` or `config-invalid` */
  list(signal: AbortSignal): Promise<Listing>;
  address(machine: Machine): Address;
  /** Whether an answer must name this machine's id to count; false where the id is only our name for it. */
  readonly namesMachines: boolean;
  /** Whether it works from the index in its own db dir where it has no object store. */
  readonly ownIndex: boolean;
  /** Whether its machines are sent the index themselves where nobody asks for anything else. */
  readonly pushed: boolean;
}

/** An index as it is sent to machines. */
export interface Sending {
  readonly body: Buffer;
  /** Of one request, which they are good for alone. */
  readonly headers: () => Readonly<Record<string, string>>;
}

/** What went wrong with a machine, or with the run. */
export interface FleetError extends Problem {
  /** `machine`: the hint is in the words of the machine itself. Absent where it is ours. */
  readonly hintFrom?: 'machine';
}

/**
 * What became of one machine. Of an update: `updated`, `unchanged` (it had the published index already) or `failed`;
 * of a dry run: `dry-run` or `failed`; of a verification: `same` as the store, `differs`, or `failed` when it did not
 * say what it has.
 */
export interface MachineOutcome {
  readonly machine: Machine;
  readonly outcome: 'updated' | 'unchanged' | 'dry-run' | 'same' | 'differs' | 'failed';
  /** ETag of the index that the machine says it has, quotes included; null when it did not say, or has none. */
  readonly etag: string | null;
  /** What else is worth knowing, in words, such as `5 of 6 files changed, it reloads`; may be empty. */
  readonly detail: string;
  /** Requests made, the first included; 0 for a machine whose turn never came. */
  readonly attempts: number;
  /** Milliseconds from the first request to the last answer. */
  readonly ms: number;
  /** Of those that `failed`. */
  readonly error?: FleetError;
}

export type FleetOperation = 'update' | 'dry-run' | 'verify';

/** How a run over the fleet ended. */
export interface FleetReport {
  readonly run: string;
  /** Who ran it: `user@host`. */
  readonly by: string;
  readonly target: string;
  readonly operation: FleetOperation;
  /**
   * `done`: every active machine is updated, or told what it would do, or has the store's index. `failed`: some did
   * not, or the run could not begin. `nothing-to-do`: no active machine. `changed-elsewhere`: another index was
   * published meanwhile, and no machine was asked.
   */
  readonly outcome: 'done' | 'failed' | 'nothing-to-do' | 'changed-elsewhere';
  /** Null when it was not reached, and of a verification. */
  readonly publish: PublishOutcome | null;
  /** The index that the machines were held against; null when there is none. */
  readonly index: PublishedIndex | null;
  /** The one that the machines of further targets were held against, where it was looked for elsewhere. */
  readonly pushed?: PublishedIndex;
  /** In the order in which they were listed. */
  readonly machines: readonly MachineOutcome[];
  readonly skipped: readonly Machine[];
  /** ISO 8601, UTC. */
  readonly beganAt: string;
  /** Milliseconds. */
  readonly ms: number;
  /** What ended the run as a whole, if anything did: `cancelled` among others. */
  readonly error?: FleetError;
}

/** What a run over the fleet says while it runs, as plain values. All that tell of it consume this one stream. */
export type FleetEvent =
  | {
      readonly type: 'begin';
      readonly run: string;
      readonly operation: FleetOperation;
      readonly target: string;
      readonly noun: readonly [string, string];
    }
  | { readonly type: 'publishing' }
  /** The operator's own command; `run` is false in a dry run. */
  | { readonly type: 'before'; readonly command: string; readonly run: boolean }
  /** What it says, a line at a time. */
  | { readonly type: 'before-line'; readonly line: string }
  /** The date of an event's own database goes into the index, or would in a dry run; null for no date. */
  | { readonly type: 'date'; readonly database: string; readonly from: string | null; readonly to: string }
  /** How many dates were taken, or would be, and of the databases of all events how many had changed, and so on. */
  | {
      readonly type: 'dates';
      readonly taken: number;
      readonly looked: number;
      readonly unread: number;
      readonly missing: number;
      readonly events: number;
      readonly dryRun: boolean;
    }
  | { readonly type: 'published'; readonly publish: PublishOutcome }
  /** Of a verification. */
  | ({ readonly type: 'stored' } & Standard)
  | { readonly type: 'finding' }
  | { readonly type: 'found'; readonly listing: Listing }
  | { readonly type: 'updating'; readonly machines: number; readonly concurrency: number }
  | { readonly type: 'attempt'; readonly machine: Machine; readonly attempt: number }
  | {
      readonly type: 'retry';
      readonly machine: Machine;
      /** The one that failed. */
      readonly attempt: number;
      readonly reason: string;
      /** Milliseconds until the next attempt. */
      readonly waitMs: number;
    }
  /** The machine's own log, its `RESULT` line left out. */
  | { readonly type: 'log'; readonly machine: Machine; readonly lines: readonly string[] }
  | { readonly type: 'machine-done'; readonly outcome: MachineOutcome }
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'end'; readonly report: FleetReport };

/** `at` is the wall-clock time of the event. */
export type FleetReporter = (event: FleetEvent, at: Date) => void;
