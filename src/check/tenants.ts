import type { Event, Studio, StudioYear } from '../index/types.ts';
import type { Site } from '../site/types.ts';
import { at, show } from './document.ts';
import type { Rule } from './rule.ts';
import type { PlannedView, Tenant } from './view.ts';
import type { YamlNode } from './yaml-reader.ts';

const DEFAULT_LOGO = 'arthur-murray-logo.gif';

/** Whether a studio's tenants run on this machine: everywhere but on Fly, where each region has its own. */
export function servedHere({ studio }: StudioYear, site: Site): boolean {
  return site.deployment !== 'fly' || studio.region === null || studio.region === site.region;
}

/** Path below the root, with slashes between: `2026/boston/gala`, or `2026/boston` for a single event. */
export function scopeOf(year: number, { studio, single }: StudioYear, event: Event): string {
  return single ? `${year}/${studio.key}` : `${year}/${studio.key}/${event.key}`;
}

export const tenantRules: readonly Rule<PlannedView>[] = [
  {
    name: 'tenants-unique',
    *check({ tenants }) {
      // Navigator adds a slash where it is missing.
      yield* repeated('path', tenants, ({ path }) => (path === '' || path.endsWith('/') ? path : `${path}/`));
      yield* repeated('database', tenants, ({ database }) => database);
    },
  },
  {
    name: 'tenants-first',
    *check({ tenants, root, site }) {
      const [index, demo] = tenants;
      if (index?.database !== 'index' || index.path !== `${root}/`) {
        yield `the first tenant is ${show(index?.path)} with the database ${show(index?.database)}, not the index`;
      }
      if (site.deployment !== 'local' && demo?.database !== 'demo') {
        yield `the second tenant has the database ${show(demo?.database)}, not the demo's`;
      }
    },
  },
  {
    name: 'tenants-complete',
    *check(view) {
      const { tenants, index, site } = view;
      let place = site.deployment === 'local' ? 1 : 2;
      for (const { year, studios } of index.years) {
        for (const entry of studios) {
          if (!servedHere(entry, site)) continue;
          for (const event of entry.events) {
            const problem = problemOf(tenants[place], scopeOf(year, entry, event), entry.studio, view.root);
            if (problem !== null) yield problem;
            place += 1;
          }
        }
      }
      if (tenants.length !== place) yield `${tenants.length} tenants, where ${place} are right`;
    },
  },
];

/** What is wrong with the tenant in an event's place; null when it is the event's. */
function problemOf(tenant: Tenant | undefined, scope: string, studio: Studio, root: string): string | null {
  if (tenant?.database !== scope.replaceAll('/', '-')) {
    return `in the place of ${scope} there is the tenant ${show(tenant?.database)}`;
  }
  if (tenant.path !== `${root}/${scope}/`) return `the path of ${scope} is ${show(tenant.path)}`;
  const env = at(tenant.node, 'env');
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

function* repeated(what: string, all: readonly Tenant[], key: (tenant: Tenant) => string): Iterable<string> {
  const seen = new Set<string>();
  for (const tenant of all) {
    const value = key(tenant);
    if (value === '') yield `a tenant has no ${what}`;
    else if (seen.has(value)) yield `two tenants have the ${what} ${show(value)}`;
    seen.add(value);
  }
}

/** tenants.list names the database of each tenant, in the order of navigator.yml. */
export const tenantsListRule: Rule<{ list: string; view: PlannedView }> = {
  name: 'tenants-list',
  *check({ list, view }) {
    const { tenants, site } = view;
    const lines = list.split('\n');
    if (lines.pop() !== '') yield 'its last line does not end';
    if (lines.length !== tenants.length) yield `${lines.length} lines for ${tenants.length} tenants`;
    for (const [number, { database }] of tenants.entries()) {
      const line = lines[number];
      const path = `${site.dbDir}/${database}.sqlite3`;
      if (line !== undefined && line !== path) yield `line ${number + 1} is ${show(line)}, not ${show(path)}`;
    }
  },
};
