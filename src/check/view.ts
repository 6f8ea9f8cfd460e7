import type { Index } from '../index/types.ts';
import type { Site } from '../site/types.ts';
import { listAt, textAt } from './document.ts';
import type { Patterns } from './patterns.ts';
import type { YamlMap, YamlNode } from './yaml-reader.ts';

/** A navigator.yml as the rules see it. */
export interface NavigatorView {
  readonly document: YamlMap;
  readonly patterns: Patterns;
  /** `server.root_path` without a slash at its end, such as `/showcase`. */
  readonly root: string;
  readonly tenants: readonly Tenant[];
}

/** One that this project generated, with what it was generated from. */
export interface PlannedView extends NavigatorView {
  readonly index: Index;
  readonly site: Site;
  /** Path of the htpasswd file of the same plan. */
  readonly htpasswd: string;
}

export function viewOf(document: YamlMap, patterns: Patterns): NavigatorView {
  const root = textAt(document, 'server', 'root_path') ?? '';
  return { document, patterns, root: root.replace(/\/$/, ''), tenants: tenantsOf(document) };
}

/** A pattern and where it stands. */
export interface Place {
  readonly where: string;
  readonly pattern: YamlNode | undefined;
}

/** Every place where Navigator compiles a pattern. */
export function patternPlaces(document: YamlMap): Place[] {
  const places = (name: string, items: readonly YamlNode[], key: string): Place[] =>
    items.map((item, number) => ({ where: `${name}[${number}].${key}`, pattern: textOrNode(item, key) }));
  const routes = document.get('routes');
  return [
    ...places('auth.auth_patterns', listAt(document, 'auth', 'auth_patterns'), 'pattern'),
    ...places('routes.redirects', listAt(routes, 'redirects'), 'from'),
    ...places('routes.rewrites', listAt(routes, 'rewrites'), 'from'),
    // A proxy may name a `prefix` in place of a pattern.
    ...places(
      'routes.reverse_proxies',
      listAt(routes, 'reverse_proxies').filter((proxy) => textAt(proxy, 'prefix') === undefined),
      'path',
    ),
    ...places('routes.fly.replay', listAt(routes, 'fly', 'replay'), 'path'),
  ];
}

function textOrNode(item: YamlNode, key: string): YamlNode | undefined {
  return item instanceof Map ? item.get(key) : undefined;
}

export interface Replay {
  readonly pattern: string;
  readonly region: string | undefined;
  readonly app: string | undefined;
}

export function replays(document: YamlMap): Replay[] {
  return listAt(document, 'routes', 'fly', 'replay').map((item) => ({
    pattern: textAt(item, 'path') ?? '',
    region: textAt(item, 'region'),
    app: textAt(item, 'app'),
  }));
}

export interface Tenant {
  readonly path: string;
  readonly database: string;
  readonly node: YamlNode;
}

function tenantsOf(document: YamlMap): Tenant[] {
  return listAt(document, 'applications', 'tenants').map((node) => ({
    path: textAt(node, 'path') ?? '',
    database: textAt(node, 'var', 'database') ?? '',
    node,
  }));
}
