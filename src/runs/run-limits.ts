/** Times of this room. Milliseconds; tests have shorter ones. */
export interface Limits {
  /** For one config-update, all in all. */
  readonly runMs: number;
  /** For one deployment, all in all. */
  readonly deploymentMs: number;
  /** Bound of the pause before the first automatic retry; each further bound is twice as long. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** For one request of a live check. */
  readonly requestMs: number;
  /** For a live check, all in all. */
  readonly checkMs: number;
  /** Bound of the first pause between two requests of a check. */
  readonly firstCheckPauseMs: number;
  /** Until what the disk did not take is tried again. */
  readonly diskPauseMs: number;
}

export const USUAL_LIMITS: Limits = {
  runMs: 1_200_000,
  deploymentMs: 3_600_000,
  firstRetryMs: 10_000,
  longestRetryMs: 60_000,
  requestMs: 5000,
  checkMs: 60_000,
  firstCheckPauseMs: 250,
  diskPauseMs: 5000,
};

/** Runs that are tried again by themselves, after the first. */
export const AUTOMATIC_RETRIES = 3;
/** Attempts after which a run is given up that this server does not outlive. */
export const MOST_INTERRUPTED = 10;
