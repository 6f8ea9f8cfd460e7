import type { WSEvents } from 'hono/ws';
import type { BodyPlace } from '../http/body-places.ts';
import type { Outer } from '../http/forwarded.ts';
import type { FormFields } from './form-fields.ts';
import type { Person } from './person.ts';
import type { WebContext } from './web-context.ts';

/**
 * Who may ask. `user`: everybody who can log in. `owner`: of the studio `:key`, or of one that names it as a sister.
 * `involved`: whoever asked for the change or run `:id`, or owns its studio. Administrators may ask for all of these.
 */
type Who = 'public' | 'user' | 'owner' | 'administrator' | 'involved';

/** One address, for one method. `GET` answers `HEAD` too. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** In Hono's syntax, below the base path. A page that lists others ends with a slash. */
  readonly path: string;
  readonly who: Who;
  /**
   * The sender is a program that proves itself by a signature, which `answer` checks: where it comes from does not matter,
   * and whatever goes wrong is JSON.
   */
  readonly signed?: true;
  /** Bytes of a body; 64 KiB where absent. */
  readonly maxBytes?: number;
  /** Milliseconds within which a body must be there that has a place; 10 s where absent. */
  readonly bodyMs?: number;
  /** Looks at a request before anything of its body is read, and answers it, or gives its body a place, which bounds it. */
  readonly admit?: (asked: Pick<Call, 'headers' | 'outer'>, context: WebContext) => Response | BodyPlace;
  /** What it throws becomes a page of its own, or JSON: a `Failure` says what, anything else is `internal`. */
  readonly answer: (call: Call, context: WebContext) => Promise<Response> | Response;
}

/** What every answer needs of its request, also one that says what went wrong. */
export interface Frame {
  /** Address of a path below the base, relative to this page's: proxies may show the site under another base. */
  readonly link: (path: string) => string;
  /** By `Accept`, or by `.json` at the end of the address. */
  readonly wantsJson: boolean;
  /** Who has logged in; null on public pages. */
  readonly person: Person | null;
  /** Whether there is a page of that path, exactly as in the table of routes. */
  readonly hasPage: (path: string) => boolean;
}

/** One request whose sender may ask for that route. */
export interface Call extends Frame {
  readonly method: 'GET' | 'POST';
  /** Below the base path, without `.json`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of a `POST` that is not signed; else empty. */
  readonly form: FormFields;
  /** As it came; empty for none. */
  readonly body: Buffer;
  readonly headers: Headers;
  /** Who asks, before all trusted proxies. */
  readonly outer: Outer;
  /** For the hidden field of forms, which `formOf` puts there. */
  readonly formToken: string;
  /** What the page before had to say (`goTo`); null for nothing. */
  readonly notice: string | null;
  /** Aborted when the sender is gone, or this server ends. */
  readonly signal: AbortSignal;
  /** Who asks, on a public page where that matters; null for nobody. @throws {Failure} as every login */
  readonly identify: () => Promise<Person | null>;
  /** Makes a WebSocket of this request; null where it does not ask for one. */
  readonly upgrade: (events: WSEvents) => Promise<Response | null>;
}
