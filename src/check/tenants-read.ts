import type { Event, Index, Studio, StudioYear } from '../index/index-model.ts';
import { DEFAULT_LOGO } from '../index/index-model.ts';
import { listAt, mappingAt } from '../site/data.ts';
import type { Site } from '../site/site.ts';
import type { StaticPart } from '../site/static.ts';
import { show, textAt } from './document.ts';
import type { Take, YamlMap, YamlNode } from './yaml-reader.ts';

/** Whether a studio's tenants run on this machine: everywhere but on Fly, where each region has its own. */
export function servedHere({ studio }: StudioYear, site: Site): boolean {
  return site.deployment !== 'fly' || studio.region === null || studio.region === site.region;
}

/** Path below the root, with slashes between: `2026/boston/gala`, or `2026/boston` for a single event. */
function scopeOf(year: number, { studio, single }: StudioYear, event: Event): string {
  return single ? `${year}/${studio.key}` : `${year}/${studio.key}/${event.key}`;
}

/** Column of the keys of `applications.tenants[]`. */
const TENANT_INDENT = 6;

interface Expected {
  readonly scope: string;
  readonly studio: Studio;
}

/**
 * Compares the tenants with the events while the file is read: there can be 100,000, and what was compared need not be
 * kept. Of each, its database alone stays in the document.
 */
export class TenantsRead {
  readonly problems: string[] = [];
  private readonly expected: Iterator<Expected>;
  private readonly root: string;
  /** Those that the site has whatever the index says. */
  private readonly fixed: number;
  private seen = 0;

  constructor(index: Index, site: Site, part: StaticPart) {
    this.expected = expectedTenants(index, site);
    this.root = part.root;
    this.fixed = listAt(mappingAt(part.config, 'applications'), 'tenants').length;
  }

  readonly take: Take = (mapping, key, indent) => {
    if (key !== 'tenants' || indent !== TENANT_INDENT) return mapping;
    this.seen += 1;
    if (this.seen <= this.fixed) return mapping;
    const { value } = this.expected.next();
    const database = textAt(mapping, 'var', 'database') ?? '';
    const problem = value
      ? problemOf(mapping, database, value, this.root)
      : `no event of this machine for the tenant ${show(database)}`;
    if (problem !== null) this.problems.push(problem);
    return database;
  };

  /** To be asked once, when all is read: events that have no tenant. */
  *missing(): Iterable<string> {
    for (let next = this.expected.next(); !next.done; next = this.expected.next()) {
      yield `no tenant for ${next.value.scope}`;
    }
  }
}

function* expectedTenants({ years }: Index, site: Site): Generator<Expected, undefined> {
  for (const { year, studios } of years) {
    for (const entry of studios) {
      if (!servedHere(entry, site)) continue;
      for (const event of entry.events) yield { scope: scopeOf(year, entry, event), studio: entry.studio };
    }
  }
}

/** What is wrong with the tenant in an event's place; null when it is the event's. */
function problemOf(
  tenant: YamlMap,
  database: string,
  { scope, studio }: Expected,
  root: string,
): string | null {
  if (database !== scope.replaceAll('/', '-')) {
    return `in the place of ${scope} there is the tenant ${show(database)}`;
  }
  const path = tenant.get('path');
  if (path !== `${root}/${scope}/`) return `the path of ${scope} is ${show(path)}`;
  const env = tenant.get('env');
  const locale = studio.locale === null ? undefined : carried(studio.locale).replaceAll('-', '_');
  return (
    wrong(env, 'RAILS_APP_SCOPE', scope, scope) ??
    wrong(env, 'RAILS_APP_OWNER', carried(studio.name), scope) ??
    wrong(env, 'RAILS_LOCALE', locale, scope) ??
    wrong(env, 'SHOWCASE_LOGO', carried(studio.logo ?? DEFAULT_LOGO), scope)
  );
}

function wrong(
  env: YamlNode | undefined,
  name: string,
  value: string | undefined,
  scope: string,
): string | null {
  const found = env instanceof Map ? env.get(name) : undefined;
  return found === value ? null : `${name} of ${scope} is ${show(found)}, not ${show(value)}`;
}

/** No environment can carry a NUL. */
function carried(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}
