import type { Credentials } from './credentials.ts';
import type { FleetSettings } from './settings.ts';
import type { FleetOperation, FleetReporter, PublishOutcome, Standard, Target } from './types.ts';

/** The parts that a run over the fleet is put together from. */
export interface FleetParts {
  readonly target: Target;
  readonly settings: FleetSettings;
  /** Sent with every request to a machine; null for none. */
  readonly credentials: Credentials | null;
  /**
   * Publishes the index; in a dry run says what it would do, and changes nothing. Not called for a verification.
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
  readonly report: FleetReporter;
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
