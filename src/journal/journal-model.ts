import type { DatabaseVersion } from '../database-version.ts';
import type { FailureCode } from '../failure.ts';
import type { GeneratedKind } from '../file-kind.ts';
import type { FleetReport, PublishOutcome } from '../report/fleet-results.ts';
import type { IndexFacts, RunKind, Trigger } from '../report/results.ts';
import type { Warning } from '../warning.ts';

/** When a process began, by a clock that all processes since the last boot share and that cannot be set. */
export interface Arrival {
  /** The kernel's id of this boot; null if there is none, and then no result is ever shared. */
  readonly bootId: string | null;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly monotonicNs: bigint;
}

/** The version of an index that was found installed; it has an ETag if it came from the store. */
export interface Found {
  readonly etag: DatabaseVersion['etag'] | null;
  readonly time: DatabaseVersion['time'];
}

/** What the journal remembers of the index that it saw installed. */
export interface InstalledState extends Omit<IndexFacts, 'etag' | 'time'>, Found {
  /** `imageDigest` of what was installed; another digest on disk means that another program changed it. */
  readonly digest: string;
  /** True after a rollback: the object with this ETag was rolled back and must not come back by itself. */
  readonly held: boolean;
}

/** What the last complete run has found and left: it can prove that the next one has nothing to do. */
export interface ProvedRun {
  /** Hex SHA-256 of everything that the files depend on. */
  readonly inputs: string;
  /** Every generated file, in the order in which it is installed. */
  readonly outputs: readonly ProvedOutput[];
  /** The size of the index, in words. */
  readonly detail: string;
  /** Of the index, as they are shown. */
  readonly warnings: readonly Warning[];
  /** Whether the index has this machine's region. */
  readonly knowsRegion: boolean;
}

export interface ProvedOutput {
  readonly kind: GeneratedKind;
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** A run that begins. */
export interface NewRun {
  readonly run: string;
  readonly trigger: Trigger;
  readonly kind: RunKind;
  readonly appRoot: string;
  /** `at`: milliseconds since 1970. Now, where absent. */
  readonly began?: Arrival & { readonly at: number };
}

/** A caller that may take the result of another run. */
export interface Caller {
  readonly kind: RunKind;
  readonly appRoot: string;
  /** Hex SHA-256 of the pushed index; only the result of a run with the same index counts for it. */
  readonly sha256?: string;
}

/** A run over the fleet that begins. */
export interface NewFleetRun {
  readonly run: string;
  /** `user@host` */
  readonly who: string;
  readonly target: string;
  /** `update` where absent. */
  readonly operation?: 'update' | 'undo';
}

/** How a run over the fleet ended. */
export interface FleetRunEnd {
  /** Milliseconds by the monotonic clock. */
  readonly durationMs: number | null;
  readonly outcome: FleetReport['outcome'];
  /** The outcome for the index; null if the run did not get that far. */
  readonly published: PublishOutcome['kind'] | null;
  /** ETag that the machines should have. */
  readonly etag: string | null;
  /** How many machines have that index now, including those that had it before. */
  readonly updated: number;
  /** Ids of the machines that were not. */
  readonly failed: readonly string[];
  /** How many were skipped because they were not running. */
  readonly skipped: number;
  readonly errorCode: FailureCode | null;
  /** Of an undo: the run whose publication it took back. */
  readonly undoes?: string;
}

/** A line of the fleet's history. */
export interface FleetHistoryRow extends NewFleetRun, Omit<FleetRunEnd, 'outcome' | 'undoes'> {
  readonly operation: 'update' | 'undo';
  /** Of an undo: the run whose publication it took back; null for any other run, or where that is not known. */
  readonly undoes: string | null;
  /** ISO 8601, UTC. */
  readonly beganAt: string;
  /** `running`: its process still exists; `interrupted`: it is gone without a recorded end. */
  readonly outcome: FleetRunEnd['outcome'] | 'interrupted' | 'running';
}

/** What this host remembers of the event databases whose dates it has read. */
export interface DateMemory {
  /**
   * `imageDigest` of the index of another host, or an earlier one, that this host's index was made from; null for none.
   */
  readonly basis: string | null;
  /** The stamp of each database's file at the last look, by the name of the database. */
  readonly stamps: Readonly<Record<string, string>>;
}

/** What this host remembers of what it published to one store. */
export interface PublishMemory {
  /** The last publication that is, or was, known to be in the store; null for none. */
  readonly last:
    | (DatabaseVersion & {
        /** `imageDigest` */
        readonly digest: string;
        /** Whether the inventory has it. */
        readonly inventoried: boolean;
      })
    | null;
  /** `imageDigest`s of what was sent since, and may have arrived although the run was killed before the answer. */
  readonly intended: readonly string[];
}
