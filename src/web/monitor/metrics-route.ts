import { Failure } from '../../failure.ts';
import { isSameToken } from '../../http/authorize.ts';
import { parseAuthorization } from '../../http/credentials.ts';
import { NO_STORE } from '../../http/headers.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';

/** What proxies add. Whoever comes through one may be anybody, even if that one is on this host. */
const OF_PROXIES = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'forwarded',
  'via',
];
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1)$/;
/** By another name asks a proxy that hands it on, or a page of the web whose name leads here. */
const OWN_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/**
 * For Prometheus: with the token of `METRICS_TOKEN_FILE`, or, where there is none, on this host. A proxy that adds no header looks
 * like a program of this host, so a token counts for everybody.
 */
export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/metrics',
    who: 'public',
    answer: async (call, context) => {
      const isKnown = context.metricsToken === null ? isFromHere(call) : hasToken(call, context);
      if (!isKnown) throw notForYou();
      const { meters } = context;
      return new Response(await meters.text(), {
        headers: { 'Content-Type': meters.contentType, ...NO_STORE },
      });
    },
  },
];

function isFromHere({ headers, outer }: Call): boolean {
  const isProxied = OF_PROXIES.some((name) => headers.has(name));
  return !isProxied && LOOPBACK.test(outer.address) && outer.hosts.every((host) => OWN_HOST.test(host));
}

function hasToken({ headers }: Call, { metricsToken }: WebContext): boolean {
  const credentials = parseAuthorization(headers.get('authorization') ?? undefined);
  return credentials?.scheme === 'bearer' && isSameToken(credentials.token, metricsToken);
}

function notForYou(): Failure {
  return new Failure('unauthorized', 'metrics are for programs of this host, or with a token', {
    hint: 'Send the token of METRICS_TOKEN_FILE as a bearer token. Where that is not set, ask from this host by a loopback address, not through a proxy.',
  });
}
