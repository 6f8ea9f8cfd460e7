import { readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { html } from 'hono/html';
import { openedBy } from '../check/access.ts';
import { parseHtpasswdLine } from '../index/htpasswd.ts';
import { verifyPassword } from '../index/password.ts';
import type { SimMachine } from './machines.ts';
import type { ServedConfig, ServedTenant } from './served-config.ts';
import type { MachineAnswer } from './sim-event.ts';

/** A request for a page of the site. */
export interface Visit {
  /** Decoded, without its query. */
  readonly path: string;
  /** The header of that name. */
  readonly authorization: string | undefined;
}

export type Visited =
  | { readonly kind: 'answered'; readonly answer: MachineAnswer }
  /** Fly's proxy is to ask another machine. */
  | { readonly kind: 'replayed'; readonly to: { readonly region: string } | { readonly app: string } };

/** The tenant for every path that belongs to no other. It serves only the prerendered pages. */
const INDEX_TENANT = 'index';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.xml': 'application/xml',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Answers as Navigator on a machine does, in its order (rubys/navigator internal/server/handler.go): login, redirects,
 * replays, proxies, files, tenants. What proxies lead to is not played. A tenant's page names it.
 */
export async function visit(
  machine: SimMachine,
  config: ServedConfig,
  { path, authorization }: Visit,
): Promise<Visited> {
  const { view, realm } = config;
  const isPublic = openedBy(view, path) !== null;
  if (!isPublic && !(await mayEnter(config, authorization)))
    return plain(401, 'Unauthorized', { 'www-authenticate': `Basic realm="${realm}"` });
  const redirect = redirectOf(config, path);
  if (redirect !== null) return plain(302, '', { location: redirect });
  const replay = config.replays.find(({ pattern }) => view.patterns.matches(pattern, path));
  if (replay?.app !== undefined) return { kind: 'replayed', to: { app: replay.app } };
  if (replay?.region !== undefined) return { kind: 'replayed', to: { region: replay.region } };
  if (config.proxied.some((pattern) => view.patterns.matches(pattern, path)))
    return plain(502, 'Bad Gateway: what another host serves is not played');
  const file = staticFile(config, path) ?? (isPublic ? triedFile(config, path) : null);
  if (file !== null) return file;
  const tenant = tenantOf(config, path);
  if (!tenant || tenant.database === INDEX_TENANT)
    return triedFile(config, path) ?? plain(404, '404 page not found');
  return answered(200, { 'content-type': TYPES['.html'] ?? '' }, Buffer.from(tenantPage(tenant, machine)));
}

/** The passwords that were verified, by hash: bcrypt's time is spent once, not with every request. */
const proven = new Map<string, string>();

/** Verifies a login by the present htpasswd file; if a name has two lines, the later one counts. */
async function mayEnter({ htpasswd }: ServedConfig, authorization: string | undefined): Promise<boolean> {
  const [, encoded] = /^basic +(\S+) *$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return false;
  const [, name = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  const own = readFileSync(htpasswd, 'utf8')
    .split('\n')
    .map(parseHtpasswdLine)
    .findLast((line) => 'userid' in line && line.userid === name.trim());
  if (own === undefined || !('hash' in own)) return false;
  if (proven.get(own.hash) === password) return true;
  const isRight = await verifyPassword(own.hash, password);
  if (isRight) proven.set(own.hash, password);
  return isRight;
}

/** The site's redirects, then what Navigator adds: a slash at the end of a tenant's path, and of the root path. */
function redirectOf({ view, redirects, tenants }: ServedConfig, path: string): string | null {
  const own = redirects.find(({ from }) => view.patterns.matches(from, path));
  if (own) return own.to;
  const withSlash = `${path}/`;
  const isKnown = withSlash === `${view.root}/` || tenants.some((tenant) => tenant.path === withSlash);
  return isKnown ? withSlash : null;
}

function staticFile(config: ServedConfig, path: string): Visited | null {
  const { view, extensions } = config;
  return extensions.includes(extname(path).slice(1)) ? fileAt(config, belowRoot(view.root, path)) : null;
}

/** Prerendered pages. A directory without its slash is sent on, so that the links in its page are right. */
function triedFile(config: ServedConfig, path: string): Visited | null {
  const { view, tryFiles } = config;
  if (extname(path) !== '') return null;
  const below = belowRoot(view.root, path);
  if (!path.endsWith('/') && fileAt(config, `${below}/index.html`) !== null)
    return plain(301, '', { location: `${path}/` });
  for (const ending of tryFiles) {
    const found = fileAt(config, below + ending);
    if (found !== null) return found;
  }
  return null;
}

function belowRoot(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length) : path;
}

/** Null if it is not a file, or if the path has a step up. */
function fileAt({ view, publicDir, cached }: ServedConfig, path: string): Visited | null {
  if (path.includes('\0') || path.split('/').includes('..')) return null;
  const file = join(publicDir, path);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return null;
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  const header = cached.find((one) => `${view.root}${path}`.startsWith(one.path))?.header ?? '';
  return answered(200, { 'content-type': type, 'cache-control': header }, readFileSync(file));
}

/** The one with the longest path that the address begins with. */
function tenantOf({ tenants }: ServedConfig, path: string): ServedTenant | undefined {
  return tenants
    .filter((tenant) => path.startsWith(tenant.path))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}

function tenantPage({ path, database, owner }: ServedTenant, { id, region }: SimMachine): string {
  const page = html`<!doctype html>
<html lang="en">
<title>${owner}: ${database}</title>
<h1>${owner}</h1>
<p>This is the event <b>${database}</b> at ${path}, played by machine ${id} in ${region}.</p>
</html>
`;
  return String(page);
}

function plain(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Visited {
  return answered(
    status,
    { 'content-type': 'text/plain; charset=utf-8', ...headers },
    Buffer.from(text && `${text}\n`),
  );
}

function answered(status: number, headers: Readonly<Record<string, string>>, body: Buffer): Visited {
  return { kind: 'answered', answer: { status, headers, body } };
}
