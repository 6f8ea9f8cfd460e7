import type { Event, Studio, StudioYear } from '../index/types.ts';
import type { Site } from '../site/types.ts';
import { at, few, show } from './document.ts';
import type { Rule } from './rule.ts';
import { type PlannedView, type Tenant, tenants } from './view.ts';

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
    *check({ document }) {
      const all = tenants(document);
      // Navigator adds a slash where it is missing.
      yield* repeated('path', all, ({ path }) => path.replace(/([^/])$/, '$1/'));
      yield* repeated('database', all, ({ database }) => database);
    },
  },
  {
    name: 'tenants-first',
    *check({ document, root, site }) {
      const [index, demo] = tenants(document);
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
      const actual = new Map(tenants(view.document).map((tenant) => [tenant.database, tenant]));
      actual.delete('index');
      if (view.site.deployment !== 'local') actual.delete('demo');
      const missing: string[] = [];
      for (const { scope, studio } of expected(view)) {
        const database = scope.replaceAll('/', '-');
        const tenant = actual.get(database);
        actual.delete(database);
        if (!tenant) missing.push(database);
        else yield* problemsOf(tenant, scope, studio, view.root);
      }
      if (missing.length > 0) yield `no tenant for ${few(missing)}`;
      if (actual.size > 0) yield `no event of this machine for the tenants ${few(actual.keys())}`;
    },
  },
];

function* expected({ index, site }: PlannedView): Iterable<{ scope: string; studio: Studio }> {
  for (const { year, studios } of index.years) {
    for (const entry of studios) {
      if (!servedHere(entry, site)) continue;
      for (const event of entry.events) yield { scope: scopeOf(year, entry, event), studio: entry.studio };
    }
  }
}

function* problemsOf({ path, node }: Tenant, scope: string, studio: Studio, root: string): Iterable<string> {
  if (path !== `${root}/${scope}/`) yield `the path of ${scope} is ${show(path)}`;
  const right: readonly (readonly [string, string | undefined])[] = [
    ['RAILS_APP_SCOPE', scope],
    ['RAILS_APP_OWNER', carried(studio.name)],
    ['RAILS_LOCALE', studio.locale === null ? undefined : carried(studio.locale).replaceAll('-', '_')],
    ['SHOWCASE_LOGO', carried(studio.logo ?? DEFAULT_LOGO)],
  ];
  for (const [name, value] of right) {
    const found = at(node, 'env', name);
    if (found !== value) yield `${name} of ${scope} is ${show(found)}, not ${show(value)}`;
  }
}

/** No environment can carry a NUL. */
function carried(text: string): string {
  return text.replaceAll('\0', '');
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
    const paths = tenants(view.document).map(({ database }) => `${view.site.dbDir}/${database}.sqlite3`);
    const lines = list.split('\n');
    if (lines.pop() !== '') yield 'its last line does not end';
    if (lines.length !== paths.length) yield `${lines.length} lines for ${paths.length} tenants`;
    for (const [number, path] of paths.entries()) {
      const line = lines[number];
      if (line !== undefined && line !== path) yield `line ${number + 1} is ${show(line)}, not ${show(path)}`;
    }
  },
};
