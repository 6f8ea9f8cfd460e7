import type { IncomingHttpHeaders } from 'node:http';

/** What happens to one request. Offsets and sizes are bytes of the answer's body, times are milliseconds. */
export type Fault =
  /** The connection is reset: before the store has seen the request, or with the answer's head already sent. */
  | { readonly kind: 'reset'; readonly when: 'before-request' | 'after-head' }
  /** The store carries the request out, and the connection is reset instead of an answer. */
  | { readonly kind: 'lost-answer' }
  /** Another answer than the store's, which does not see the request. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** The connection ends in the middle of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** The byte there is another one. */
  | { readonly kind: 'corrupt'; readonly at: number }
  /** Content-Length is off by that many bytes, or left out. */
  | { readonly kind: 'length'; readonly by: number | 'absent' }
  /** Head lines are replaced; `null` leaves one out. */
  | { readonly kind: 'rewrite'; readonly headers: Record<string, string | null> }
  | { readonly kind: 'slow'; readonly delay: number; readonly bytesPerSecond: number }
  /** Nothing more comes, for ever: at all, or once so much of the body has been sent. */
  | { readonly kind: 'hang'; readonly after: 'request' | number }
  /** An object of that size, all zeroes, whatever the store holds. */
  | { readonly kind: 'huge'; readonly size: number; readonly announced: boolean };

export interface SeenRequest {
  /** From 1. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Body bytes that were written to the client so far. */
  sent: number;
}

/** Decides over every request, and may take its time (something else may happen before); undefined lets it pass. */
export type Plan = (request: SeenRequest) => Fault | undefined | Promise<Fault | undefined>;

export const never: Plan = () => undefined;

export const always =
  (fault: Fault): Plan =>
  () =>
    fault;

/** The first requests meet these faults, one each; later ones pass. */
export const first =
  (...faults: (Fault | undefined)[]): Plan =>
  ({ number }) =>
    faults[number - 1];

/** Only the n-th request, from 1. */
export const nth =
  (n: number, fault: Fault): Plan =>
  ({ number }) =>
    number === n ? fault : undefined;

/** S3's error document. */
export const s3Error = (status: number, code: string): Fault => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>by the proxy</Message></Error>`,
});
