import { isCrossSite } from '../http/cross-site.ts';
import type { Outer } from '../http/forwarded.ts';
import { forbidden } from '../http/http-failures.ts';
import type { WebContext } from './web-context.ts';

interface Asked {
  /** `GET`, `HEAD` and `OPTIONS` may come from anywhere: nothing is changed by them, and no other page can read the answer. */
  readonly method: string;
  readonly headers: Headers;
  readonly outer: Outer;
}

/** @throws {Failure} `forbidden` for what a page of another site has sent */
export function refuseOtherSites(
  { method, headers, outer }: Asked,
  { publicHosts }: Pick<WebContext, 'publicHosts'>,
): void {
  const sent = { method, origin: headers.get('origin'), site: headers.get('sec-fetch-site') };
  if (!isCrossSite(sent, [...outer.hosts, ...publicHosts])) return;
  throw forbidden(
    'this was sent by a page of another site',
    'Open the page itself, and use the form that it has.',
  );
}
