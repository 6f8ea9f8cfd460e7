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

/** For Prometheus: on this host, or with the token of `METRICS_TOKEN_FILE`. */
export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/metrics',
    who: 'public',
    answer: async (call, context) => {
      if (!isFromHere(call) && !hasToken(call, context)) throw notForYou();
      const { meters } = context;
      return new Response(await meters.text(), {
        headers: { 'Content-Type': meters.contentType, ...NO_STORE },
      });
    },
  },
];

function isFromHere({ headers, outer }: Call): boolean {
  return LOOPBACK.test(outer.address) && !OF_PROXIES.some((name) => headers.has(name));
}

function hasToken({ headers }: Call, { metricsToken }: WebContext): boolean {
  const credentials = parseAuthorization(headers.get('authorization') ?? undefined);
  return credentials?.scheme === 'bearer' && isSameToken(credentials.token, metricsToken);
}

function notForYou(): Failure {
  return new Failure('unauthorized', 'metrics are for programs of this host, or with a token', {
    hint: 'Ask from this host and not through a proxy, or send the token of METRICS_TOKEN_FILE as a bearer token.',
  });
}
