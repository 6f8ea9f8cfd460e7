/** What programs are told. `webhook.test`: somebody wants to know whether they hear us. */
export type WebhookType = 'index.published' | 'run.finished' | 'machine.failed' | 'webhook.test';

/**
 * `sending`: an attempt is under way, or was when this server ended. `given-up`: after three days of attempts. `ended`: the
 * endpoint has answered 410, or is no longer among the settings.
 */
export type DeliveryState = 'waiting' | 'sending' | 'delivered' | 'given-up' | 'ended';

/** Where messages go, as those who write them know it. */
export interface EndpointOf {
  /** 12 hexadecimal digits, by the address alone. */
  readonly id: string;
  takes(type: WebhookType): boolean;
}

/** A message on its way to one endpoint. Times are ISO 8601, UTC. */
export interface Delivery {
  readonly id: string;
  /** `webhook-id`: the same at each attempt, and when it is sent again by hand. */
  readonly message: string;
  readonly type: WebhookType;
  readonly endpoint: string;
  readonly state: DeliveryState;
  readonly madeAt: string;
  /** That were begun, without those that the end of a server has broken off. */
  readonly attempts: number;
  /** When it is tried next; null for never. */
  readonly dueAt: string | null;
  readonly lastAt: string | null;
  /** HTTP status of the last answer; null for none. */
  readonly status: number | null;
  /** Why the last attempt was no success; null if it was one. */
  readonly problem: string | null;
  /** Milliseconds of the last attempt. */
  readonly ms: number | null;
}

/** One that may be sent. */
export interface DueDelivery extends Pick<Delivery, 'id' | 'message' | 'type' | 'attempts'> {
  /** As it is sent. */
  readonly body: string;
  /** Milliseconds since 1970, as the next. */
  readonly messageAt: number;
  readonly dueAt: number;
  /** By hand: somebody waits, and nothing behind it shall. */
  readonly byHand: boolean;
}

/** How one attempt went. */
export interface Attempt {
  readonly status: number | null;
  readonly problem: string | null;
  readonly ms: number;
}

/** An endpoint as its deliveries show it. */
export interface EndpointState {
  /** ISO 8601: when it answered 410; null for one that is told things. */
  readonly endedAt: string | null;
  readonly waiting: number;
  /** The last one that went well, and the last attempt that did not: ISO 8601, null for none. */
  readonly deliveredAt: string | null;
  readonly problem: string | null;
}
