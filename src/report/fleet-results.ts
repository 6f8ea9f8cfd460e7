import type { Problem } from '../failure.ts';

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

/** The name of a machine: in a run over several targets, with the name of its target before it. */
export function nameOf({ id, target }: Machine): string {
  return target === undefined ? id : `${target} ${id}`;
}

/** The index in the store. */
export interface PublishedIndex {
  /** As the store gives it, quotes included. */
  readonly etag: string;
  /** Hex SHA-256 of its bytes; null if the publisher did not give it. */
  readonly sha256: string | null;
  /** `imageDigest` of them, which identifies a copy that SQLite made; absent if the publisher did not give it. */
  readonly digest?: string;
  /** Bytes. */
  readonly size: number;
  /** ISO 8601, UTC: when it was last changed. */
  readonly time: string;
  /** ISO 8601, UTC: when it was published, by the store's own clock; of one that this run sends, by this host's. */
  readonly publishedAt: string;
  /** Who published it (`user@host`), as its metadata says; null when it does not. */
  readonly by: string | null;
}

/** The index that machines should have in a verification. */
export interface Standard {
  /** Null for none: then the machines are compared with each other. */
  readonly index: PublishedIndex | null;
  /**
   * Where it was looked for: in the store; on this host, because there is no store (`host`), or because machines are
   * sent this index (`push`); null if there is neither a store nor a usable index of this host.
   */
  readonly from: 'store' | 'host' | 'push' | null;
}

export type PublishOutcome =
  | {
      /** `local`: there is no store, so the machines must have the index of this host already. */
      readonly kind: 'published' | 'unchanged' | 'local';
      /** Of an undo: the run whose publication is taken back. */
      readonly undoes?: string;
      /** If it is `local`, its ETag is the one that it would most likely have in a store. */
      readonly index: PublishedIndex;
    }
  | {
      /** It is not published, and sent to the machines themselves. */
      readonly kind: 'push';
      readonly undoes?: string;
      /** Its ETag is the one that it would most likely have in a store. */
      readonly index: PublishedIndex;
      /** Whose machines, in words. */
      readonly to: string;
    }
  | {
      /** Of a dry run. */
      readonly kind: 'would-publish';
      readonly undoes?: string;
      /** Its ETag is the one that it would most likely have. */
      readonly index: PublishedIndex;
      /** The index in the store; null for none. */
      readonly replaces: PublishedIndex | null;
      /** What would change in it, a line each, without secrets. */
      readonly differences: readonly string[];
    }
  | {
      readonly kind: 'changed-elsewhere';
      readonly theirs: PublishedIndex;
      /** What differs between theirs and ours, a line each, without secrets. */
      readonly differences: readonly string[];
    };

/** What went wrong with a machine, or with the run. */
export interface FleetError extends Problem {
  /** `machine`: the hint is in the words of the machine itself. Absent for our own. */
  readonly hintFrom?: 'machine';
}

/**
 * The outcome for one machine. Of an update: `updated`, `unchanged` (it had the published index already) or `failed`;
 * of a dry run: `dry-run` or `failed`; of a verification: `same` as the store, `differs`, or `failed` if it did not say
 * what it has.
 */
export interface MachineOutcome {
  readonly machine: Machine;
  readonly outcome: 'updated' | 'unchanged' | 'dry-run' | 'same' | 'differs' | 'failed';
  /** ETag of the index that the machine says it has, quotes included; null when it did not say, or has none. */
  readonly etag: string | null;
  /** Of its program; absent where it did not say, or was not asked. */
  readonly version?: string;
  /** Details in words, such as `5 of 6 files changed, it reloads`; may be empty. */
  readonly detail: string;
  /** Requests made, the first included; 0 for a machine whose turn never came. */
  readonly attempts: number;
  /** Milliseconds from the first request to the last answer. */
  readonly ms: number;
  /** Of those that `failed`. */
  readonly error?: FleetError;
}

/** `undo`: an update with the index that an earlier run replaced. */
export type FleetOperation = 'update' | 'undo' | 'dry-run' | 'verify';

/** Whether machines are to have another index after it; the other operations change nothing. */
export function bringsIndex(operation: FleetOperation): operation is 'update' | 'undo' {
  return operation === 'update' || operation === 'undo';
}

/** How a run over the fleet ended. */
export interface FleetReport {
  readonly run: string;
  /** Who ran it: `user@host`. */
  readonly by: string;
  readonly target: string;
  readonly operation: FleetOperation;
  /**
   * `done`: every active machine is updated, or said what it would do, or has the store's index. `failed`: some did
   * not, or the run could not begin. `nothing-to-do`: no active machine. `changed-elsewhere`: another index was
   * published meanwhile, and no machine was asked.
   */
  readonly outcome: 'done' | 'failed' | 'nothing-to-do' | 'changed-elsewhere';
  /** Null when it was not reached, and of a verification. */
  readonly publish: PublishOutcome | null;
  /** The index that the machines should have had; null if there is none. */
  readonly index: PublishedIndex | null;
  /** That for the machines of further targets, if it was looked for elsewhere. */
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
