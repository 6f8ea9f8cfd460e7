import type { Index } from '../index/index-model.ts';
import type { Site } from '../site/site.ts';
import type { StaticPart } from '../site/static.ts';
import { listAt, textAt } from './document.ts';
import type { Patterns } from './pattern-rules.ts';
import type { TenantsRead } from './tenants-read.ts';
import type { YamlMap, YamlNode } from './yaml-reader.ts';

/** A navigator.yml as the rules see it. */
export interface NavigatorView {
  readonly document: YamlMap;
  readonly patterns: Patterns;
  /** `server.root_path` without a slash at its end, such as `/showcase`. */
  readonly root: string;
  /** Years that the tenants belong to. */
  readonly years: ReadonlySet<string>;
}

/** One that this project generated, with what it was generated from. */
export interface PlannedView extends NavigatorView {
  readonly index: Index;
  readonly site: Site;
  /** What the site says of the file. */
  readonly part: StaticPart;
  /** Path of the htpasswd file of the same plan. */
  readonly htpasswd: string;
  readonly tenants: TenantsRead;
}

/** The view of a file whose tenants all stand in the document. */
export function viewOf(document: YamlMap, patterns: Patterns): NavigatorView {
  const root = rootOf(document);
  const years = listAt(document, 'applications', 'tenants').map((tenant) => {
    const path = textAt(tenant, 'path') ?? '';
    return /^\/(\d+)\//.exec(path.slice(root.length))?.[1] ?? '';
  });
  return { document, patterns, root, years: new Set(years) };
}

export function rootOf(document: YamlMap): string {
  return (textAt(document, 'server', 'root_path') ?? '').replace(/\/$/, '');
}

/** A pattern and its place. */
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
