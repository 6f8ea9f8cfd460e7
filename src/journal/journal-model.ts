import type { FailureCode } from '../failure.ts';
import type { GeneratedKind } from '../file-kind.ts';
import type { FleetReport, PublishOutcome } from '../report/fleet-results.ts';
import type { IndexFacts, RunKind, Trigger } from '../report/results.ts';
import type { Warning } from '../warning.ts';

/** When a process began, in a clock that all processes since the last boot share and that nobody can set. */
export interface Arrival {
  /** The kernel's name for this boot; null where it has none, and then no result is ever shared. */
  readonly bootId: string | null;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly monotonicNs: bigint;
}

/** What the journal remembers of the index that it saw installed. */
export interface InstalledState extends IndexFacts {
  /** `imageDigest` of what was installed; another digest on disk means that somebody else changed it. */
  readonly digest: string;
  /** True after a rollback: the object with this ETag was rolled back and must not come back by itself. */
  readonly held: boolean;
}

/** What the last run that looked at everything has found and left: it proves the next one to be unneeded. */
export interface ProvedRun {
  /** Hex SHA-256 of everything that the files depend on. */
  readonly inputs: string;
  /** Every generated file, in the order in which it is installed. */
  readonly outputs: readonly ProvedOutput[];
  /** How much the index has, in words. */
  readonly detail: string;
  /** Of the index, as they are told. */
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

/** A caller that would take another run's result for its own. */
export interface Caller {
  readonly kind: RunKind;
  readonly appRoot: string;
  /** Hex SHA-256 of the index that it brings; only the result of a run with the very same is its own. */
  readonly sha256?: string;
}

/** A run over the fleet that begins. */
export interface NewFleetRun {
  readonly run: string;
  /** `user@host` */
  readonly who: string;
  readonly target: string;
}

/** How a run over the fleet ended. */
export interface FleetRunEnd {
  /** Milliseconds by the monotonic clock. */
  readonly durationMs: number | null;
  readonly outcome: FleetReport['outcome'];
  /** What became of the index; null when the run did not get that far. */
  readonly published: PublishOutcome['kind'] | null;
  /** ETag that the machines were to have. */
  readonly etag: string | null;
  /** How many machines were brought to that index, those among them that had it already. */
  readonly updated: number;
  /** Ids of the machines that were not. */
  readonly failed: readonly string[];
  /** How many were passed over because they were not running. */
  readonly skipped: number;
  readonly errorCode: FailureCode | null;
}

/** A line of the fleet's history. */
export interface FleetHistoryRow extends NewFleetRun, Omit<FleetRunEnd, 'outcome'> {
  /** ISO 8601, UTC. */
  readonly beganAt: string;
  /** `running`: its process is still there; `interrupted`: it is gone without having said how it ended. */
  readonly outcome: FleetRunEnd['outcome'] | 'interrupted' | 'running';
}

/** What this host remembers of the event databases whose dates it has looked at. */
export interface DateMemory {
  /** `imageDigest` of the index of another host, or an earlier one, that this host's has last grown from; null for none. */
  readonly basis: string | null;
  /** What each database's file was like at the last look, by the name of the database. */
  readonly stamps: Readonly<Record<string, string>>;
}

/** What this host remembers of what it published to one store. */
export interface PublishMemory {
  /** The last publication that is known to stand, or to have stood, in the store; null for none. */
  readonly last: {
    readonly etag: string;
    /** `imageDigest` */
    readonly digest: string;
    /** ISO 8601, UTC: when that index was last changed. */
    readonly time: string;
    /** Whether the inventory has been told. */
    readonly inventoried: boolean;
  } | null;
  /** `imageDigest`s of what was sent since, and may have arrived although nobody lived to see it. */
  readonly intended: readonly string[];
}
