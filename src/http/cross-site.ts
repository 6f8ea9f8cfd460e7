/** What a browser says of where a request comes from. */
export interface Sent {
  readonly method: string;
  /** `Origin`; null where there is none. */
  readonly origin: string | null;
  /** `Sec-Fetch-Site`; null where there is none: browsers send it over HTTPS and to this machine. */
  readonly site: string | null;
}

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Whether a request comes from a page of another site, and could change something. Both headers must agree that it does
 * not; Hono's own check is content with one of them, and looks at forms alone. A program sends neither: it has to show a
 * form's token, as everybody has.
 *
 * @param hosts names under which this site is known, ports included
 */
export function isCrossSite({ method, origin, site }: Sent, hosts: readonly string[]): boolean {
  if (SAFE.includes(method)) return false;
  if (site !== null && site !== 'same-origin' && site !== 'none') return true;
  return origin !== null && !isOwnOrigin(origin, hosts);
}

/** Whether that origin is one of these hosts. The scheme may be another one: a proxy may have ended TLS and said nothing. */
function isOwnOrigin(origin: string, hosts: readonly string[]): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
  return hosts.some(
    (host) => host === url.host || host === `${url.host}:${url.protocol === 'https:' ? 443 : 80}`,
  );
}
