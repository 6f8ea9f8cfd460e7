import { RE2JS } from 're2js';
import { parseDocument } from 'yaml';

/** What Navigator does with a request once it has let it in. */
export type Routed =
  /** Fly's proxy is told to send the request to another region, or to another app. */
  | { readonly kind: 'replayed'; readonly to: string }
  | { readonly kind: 'redirected'; readonly to: string }
  | { readonly kind: 'cgi' }
  | { readonly kind: 'proxied'; readonly to: string }
  /** The tenant whose path is the longest that the request's begins with. */
  | { readonly kind: 'tenant'; readonly database: string }
  | { readonly kind: 'nothing' };

interface Config {
  readonly server: {
    readonly root_path: string;
    readonly health_check: { readonly path: string };
    readonly cgi_scripts: readonly { readonly path: string; readonly method: string }[];
  };
  readonly auth: {
    readonly public_paths: readonly string[];
    readonly auth_patterns: readonly { readonly pattern: string; readonly action: string }[];
  };
  readonly applications: { readonly tenants: readonly Tenant[] };
  readonly routes: {
    readonly redirects: readonly { readonly from: string; readonly to: string }[];
    readonly rewrites: readonly { readonly from: string; readonly to: string }[];
    readonly reverse_proxies: readonly { readonly path: string; readonly target: string }[];
    readonly fly: {
      readonly replay: readonly { readonly path: string; readonly region?: string; readonly app?: string }[];
    };
  };
}

interface Tenant {
  readonly path: string;
  readonly var: { readonly database: string };
}

interface Rule {
  readonly pattern: RE2JS;
  readonly flag: 'redirect' | 'last' | 'replay';
  readonly to: string;
}

/** Machines share most of their patterns. */
const compiled = new Map<string, RE2JS>();

/** @throws for a pattern that RE2 refuses. */
export function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const made = RE2JS.compile(pattern);
  compiled.set(pattern, made);
  return made;
}

/**
 * What Navigator reads out of a navigator.yml, and what it answers to whom: after internal/config/parser.go,
 * internal/auth/auth.go and internal/server/handler.go of rubys/navigator, with no file in its public directory.
 * Written for these tests alone, knowing nothing of how this project generates or checks.
 */
export class Navigator {
  readonly config: Config;
  readonly tenants: readonly Tenant[];
  readonly #open: readonly RE2JS[];
  readonly #rules: readonly Rule[];
  readonly #unslashed: ReadonlyMap<string, string>;
  readonly #proxies: readonly { pattern: RE2JS; target: string }[];

  /** @throws for text that is not YAML 1.2, repeats a key or is warned of, and for patterns that RE2 refuses. */
  constructor(text: string) {
    const document = parseDocument(text, { uniqueKeys: true, strict: true, version: '1.2' });
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) throw fault;
    const config = document.toJS() as Config;
    this.config = config;
    this.tenants = config.applications.tenants.map((tenant) => ({ ...tenant, path: slashed(tenant.path) }));
    this.#open = config.auth.auth_patterns
      .filter(({ action }) => action === 'off')
      .map(({ pattern }) => compile(pattern));
    this.#rules = rulesOf(config);
    this.#unslashed = withoutSlashes(slashed(config.server.root_path), this.tenants);
    this.#proxies = config.routes.reverse_proxies.map(({ path, target }) => ({
      pattern: compile(path),
      target,
    }));
  }

  /** Every pattern that Navigator compiles, as it stands in the file. */
  patterns(): string[] {
    const { auth, routes } = this.config;
    return [
      ...auth.auth_patterns.map(({ pattern }) => pattern),
      ...routes.redirects.map(({ from }) => from),
      ...routes.rewrites.map(({ from }) => from),
      ...routes.reverse_proxies.map(({ path }) => path),
      ...routes.fly.replay.map(({ path }) => path),
    ];
  }

  /** Whether a path is served without a login. */
  isPublic(path: string): boolean {
    if (path === this.config.server.health_check.path) return true;
    const { public_paths: paths } = this.config.auth;
    return (
      paths.some((open) => covers(open, path)) || this.#open.some((pattern) => pattern.matcher(path).find())
    );
  }

  /** Where a request goes that was let in. */
  route(path: string, method = 'GET'): Routed {
    let here = path;
    for (const { pattern, flag, to } of this.#rules) {
      const matcher = pattern.matcher(here);
      if (!matcher.find()) continue;
      if (flag === 'redirect') return { kind: 'redirected', to: matcher.replaceAll(to) };
      if (flag === 'replay') return { kind: 'replayed', to };
      here = matcher.replaceAll(to);
    }
    const completed = this.#unslashed.get(here);
    if (completed !== undefined) return { kind: 'redirected', to: completed };
    const script = this.config.server.cgi_scripts.find((each) => each.path === here);
    if (script && script.method === method) return { kind: 'cgi' };
    const proxy = this.#proxies.find(({ pattern }) => pattern.matcher(here).find());
    if (proxy) return { kind: 'proxied', to: proxy.target };
    const tenant = longestPrefix(this.tenants, here);
    return tenant ? { kind: 'tenant', database: tenant.var.database } : { kind: 'nothing' };
  }
}

function slashed(path: string): string {
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}

/** Redirects, rewrites and replays are one list; the first rule that answers ends it, a rewrite goes on. */
function rulesOf({ routes }: Config): Rule[] {
  return [
    ...routes.redirects.map(({ from, to }) => ({ pattern: compile(from), flag: 'redirect' as const, to })),
    ...routes.rewrites.map(({ from, to }) => ({ pattern: compile(from), flag: 'last' as const, to })),
    ...routes.fly.replay.flatMap(({ path, app, region }) => {
      const to = app ? `app=${app}` : region;
      return to ? [{ pattern: compile(path), flag: 'replay' as const, to }] : [];
    }),
  ];
}

/** Behind all other rules Navigator adds one for each path without its slash. */
function withoutSlashes(root: string, tenants: readonly Tenant[]): Map<string, string> {
  const paths = [...(root === '' || root === '/' ? [] : [root]), ...tenants.map(({ path }) => path)];
  return new Map(paths.map((path) => [path.replace(/\/$/, ''), path]));
}

function longestPrefix(tenants: readonly Tenant[], path: string): Tenant | null {
  let best: Tenant | null = null;
  for (const tenant of tenants) {
    if (path.startsWith(tenant.path) && tenant.path.length > (best?.path.length ?? 0)) best = tenant;
  }
  return best;
}

function covers(open: string, path: string): boolean {
  if (open.startsWith('*')) return path.endsWith(open.slice(1));
  if (open.includes('*')) throw new Error(`a glob in the middle of ${open} is not simulated`);
  return open.endsWith('/') ? path.startsWith(open) : path === open;
}
