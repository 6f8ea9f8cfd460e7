import type { Tell } from '../report/events.ts';
import type { FleetOperation, PublishOutcome, Standard } from '../report/fleet-results.ts';
import type { Sending, Target } from './fleet-model.ts';
import type { FleetSettings } from './fleet-settings.ts';
import type { Credentials } from './machine-login.ts';

/** One target of a run, and how its machines get to the index. */
export interface Way {
  readonly target: Target;
  /** Sent with every request to a machine; null for none. */
  readonly credentials: Credentials | null;
  /**
   * Publishes the index, or makes it ready to be sent; in a dry run says what it would do, and changes nothing. Not called
   * for a verification. Targets that share it have it done once.
   *
   * @throws {Failure}
   */
  readonly publish: (signal: AbortSignal) => Promise<PublishOutcome>;
  /**
   * The index that a verification holds the machines against.
   *
   * @throws {Failure}
   */
  readonly stored: (signal: AbortSignal) => Promise<Standard>;
  /** Where the index is sent to the machines, and not fetched by them. */
  readonly push?: {
    /** What `publish` has made ready; null before that. */
    readonly sending: () => Sending | null;
    /** Whether machines are to take it over a newer one, too. */
    readonly force: boolean;
  };
}

/** The parts that a run over the fleet is put together from: the first target, and those beside it. */
export interface FleetParts extends Way {
  readonly others?: readonly Way[];
  readonly settings: FleetSettings;
  readonly report: Tell;
  /** Told of every error that was not foreseen, with its stack. */
  readonly unexpected: (error: unknown) => void;
}

export interface FleetRequest {
  /** Name of the run. */
  readonly run: string;
  /** Who runs it: `user@host`. */
  readonly by: string;
  readonly operation: FleetOperation;
  /** Ends the run: machines that are not done are reported as failed. */
  readonly signal?: AbortSignal;
}
