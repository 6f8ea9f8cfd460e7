import type { FailureCode } from '../failure.ts';

/** A machine as its platform lists it. */
export interface Machine {
  /** Such as `3d8d9930b32d89`; for a target of one server, the name of the target. */
  readonly id: string;
  readonly region: string | null;
  /** The platform's own word, such as `started`, `suspended` or `created`. */
  readonly state: string;
}

/** The machines of a target: those to be updated, and those that converge when they resume. */
export interface Listing {
  readonly active: readonly Machine[];
  readonly skipped: readonly Machine[];
  /** How they were found, in words. */
  readonly source: string;
}

/** Somewhere that can be updated. A third kind is one more file with one of these. */
export interface Target {
  readonly name: string;
  /** @throws {Failure} `fleet-unreachable` or `config-invalid` */
  list(signal: AbortSignal): Promise<Listing>;
  /** Where to POST for one machine, and with which headers to reach it and no other. */
  request(machine: Machine): { readonly url: URL; readonly headers: Readonly<Record<string, string>> };
  /** Whether an answer must name this machine's id to count; false where the id is only our name for it. */
  readonly namesMachines: boolean;
}

/** The index as it stands in the store. */
export interface PublishedIndex {
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last changed. */
  readonly time: Date;
  /** Who published it, as its metadata says; null when it does not. */
  readonly by: string | null;
}

export type PublishOutcome =
  | { readonly kind: 'published' | 'unchanged' | 'would-publish'; readonly index: PublishedIndex }
  | {
      readonly kind: 'changed-elsewhere';
      readonly theirs: PublishedIndex;
      /** What differs between theirs and ours, a line each, without secrets. */
      readonly differences: readonly string[];
    };

/** What became of one machine. */
export interface MachineOutcome {
  readonly machine: Machine;
  readonly outcome: 'updated' | 'unchanged' | 'dry-run' | 'failed';
  /** ETag of the index that the machine says it has; null when it did not say. */
  readonly etag: string | null;
  /** Requests made, the first included. */
  readonly attempts: number;
  /** Milliseconds from the first request to the last answer. */
  readonly ms: number;
  readonly error?: { readonly code: FailureCode; readonly message: string; readonly hint: string };
}

/** How a run over the fleet ended. */
export interface FleetReport {
  readonly run: string;
  /** Who ran it: `user@host`. */
  readonly by: string;
  readonly target: string;
  readonly operation: 'update' | 'dry-run' | 'verify';
  /** `nothing-to-do`: no active machine; `changed-elsewhere`: another index was published meanwhile. */
  readonly outcome: 'updated' | 'failed' | 'nothing-to-do' | 'changed-elsewhere';
  readonly publish: PublishOutcome | null;
  readonly machines: readonly MachineOutcome[];
  readonly skipped: readonly Machine[];
  /** ISO 8601, UTC. */
  readonly beganAt: string;
  /** Milliseconds. */
  readonly ms: number;
  readonly error?: { readonly code: FailureCode; readonly message: string; readonly hint: string };
}

/** What a run over the fleet says while it runs. All that tell of it consume this one stream. */
export type FleetEvent =
  | {
      readonly type: 'begin';
      readonly run: string;
      readonly operation: FleetReport['operation'];
      readonly target: string;
    }
  | { readonly type: 'publishing' }
  | { readonly type: 'published'; readonly publish: PublishOutcome }
  | { readonly type: 'finding' }
  | { readonly type: 'found'; readonly listing: Listing }
  | { readonly type: 'updating'; readonly concurrency: number }
  | { readonly type: 'attempt'; readonly machine: Machine; readonly attempt: number }
  | {
      readonly type: 'retry';
      readonly machine: Machine;
      readonly attempt: number;
      readonly reason: string;
      /** Milliseconds until the next attempt. */
      readonly waitMs: number;
    }
  /** The machine's own log, whole. */
  | { readonly type: 'log'; readonly machine: Machine; readonly text: string }
  | { readonly type: 'machine-done'; readonly outcome: MachineOutcome }
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'end'; readonly report: FleetReport };

/** `at` is the wall-clock time of the event. */
export type FleetReporter = (event: FleetEvent, at: Date) => void;
