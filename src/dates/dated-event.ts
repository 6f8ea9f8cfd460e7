/** An event of the index, and where its own database is. */
export interface DatedEvent {
  /** `showcases.id` */
  readonly id: number;
  readonly key: string;
  readonly year: number;
  /** `locations.id` */
  readonly studioId: number;
  /** Name of its database, such as `2026-boston`. */
  readonly database: string;
  /** Absolute path of that. */
  readonly path: string;
  /** What the index has; null for none. */
  readonly date: string | null;
}

/** A date that an event's own database has, and the index has not. */
export interface WantedDate {
  readonly event: DatedEvent;
  readonly date: string;
  /** `stampOf` its database, from before that was read. */
  readonly stamp: string;
}
