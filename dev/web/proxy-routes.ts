/** Which paths Navigator hands to showcase-web, as the generated navigator.yml has them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

const FILE = resolve(import.meta.dirname, '../../src/site/navigator/web.yml');

export interface ProxyRoute {
  readonly path: RegExp;
  /** With `$1` for what was captured. */
  readonly target: string;
  readonly websocket: boolean;
}

/**
 * The routes of the file that navigator.yml is made from.
 *
 * @param root the base path of the site
 * @param web where showcase-web answers, its base path included
 */
export function proxyRoutes(root: string, web: string): ProxyRoute[] {
  const text = readFileSync(FILE, 'utf8').replaceAll('{{root}}', root).replaceAll('{{web}}', web);
  const { routes } = parse(text) as {
    routes: { reverse_proxies: { path: string; target: string; websocket?: boolean }[] };
  };
  return routes.reverse_proxies.map(({ path, target, websocket = false }) => ({
    path: new RegExp(path),
    target,
    websocket,
  }));
}

export interface Routed {
  /** Without the query. */
  readonly url: URL;
  readonly websocket: boolean;
}

/** Where a path goes: the first route that fits counts; null for none. */
export function routeOf(routes: readonly ProxyRoute[], path: string): Routed | null {
  for (const { path: pattern, target, websocket } of routes) {
    const found = pattern.exec(path);
    if (found) return { url: new URL(target.replace('$1', () => found[1] ?? '')), websocket };
  }
  return null;
}
