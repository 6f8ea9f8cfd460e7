import type { Tell } from '../report/events.ts';
import type { FleetOperation, PublishOutcome, Standard } from '../report/fleet-results.ts';
import type { Sending, Target } from './fleet-model.ts';
import type { FleetSettings } from './fleet-settings.ts';
import type { Credentials } from './machine-login.ts';

/** One target of a run, and the way its machines get the index. */
export interface Way {
  readonly target: Target;
  /** Sent with every request to a machine; null for none. */
  readonly credentials: Credentials | null;
  /**
   * Publishes the index, or prepares it for sending; in a dry run it says what it would do, and changes nothing. A
   * verification does not call it. Targets that share it call it once.
   *
   * @throws {Failure}
   */
  readonly publish: (signal: AbortSignal) => Promise<PublishOutcome>;
  /**
   * The index that the machines should have in a verification.
   *
   * @throws {Failure}
   */
  readonly stored: (signal: AbortSignal) => Promise<Standard>;
  /** Set if the index is sent to the machines instead of being fetched by them. */
  readonly push?: {
    /** The result of `publish`; null before it. */
    readonly sending: () => Sending | null;
    /** Whether machines install it even over a newer one. */
    readonly force: boolean;
  };
}

/** What a run over the fleet is given: the first target, and those beside it. */
export interface FleetContext extends Way {
  readonly others?: readonly Way[];
  readonly settings: FleetSettings;
  readonly report: Tell;
  /** Called with every unexpected error, for its stack. */
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
