import { join } from 'node:path';
import type { Event, Index, StudioYear } from '../index/index-model.ts';
import { DEFAULT_LOGO, entriesOf } from '../index/index-model.ts';
import { databaseOf, scopeOf, servesHere } from '../index/tenant-names.ts';
import { type DataMapping, isMapping, listAt, mappingAt } from '../site/data.ts';
import type { Site } from '../site/site.ts';
import type { StaticPart } from '../site/static.ts';
import { Lines } from './text-lines.ts';

/** A tenant as Navigator reads it. */
export type Tenant = DataMapping;

/**
 * The tenants of this machine, in order: the index and the demo, then every event, years descending, studios by key,
 * events in list order. On Fly only those that this region owns, or that no region owns. Each iteration makes them
 * again, so that a large number is never in memory at once.
 */
export function tenantsOf(index: Index, site: Site, part: StaticPart): Iterable<Tenant> {
  return { [Symbol.iterator]: () => listTenants(index, site, part) };
}

function* listTenants(index: Index, site: Site, part: StaticPart): Generator<Tenant> {
  for (const tenant of listAt(mappingAt(part.config, 'applications'), 'tenants')) {
    if (isMapping(tenant)) yield tenant;
  }
  for (const entry of entriesOf(index)) {
    if (!servesHere(entry, site.region)) continue;
    for (const event of entry.events) yield eventTenant(entry, event, part.root);
  }
}

/** tmp/tenants.list: the database of each tenant, one a line. */
export function tenantsText(tenants: Iterable<Tenant>, site: Site): string {
  const directory = join(site.dbDir, '/');
  const lines = new Lines();
  for (const tenant of tenants)
    lines.add(`${directory}${String(mappingAt(tenant, 'var')['database'])}.sqlite3\n`);
  return lines.text();
}

/**
 * Navigator fills in `${database}` only in the environment that all tenants share, never in a tenant's own: a name may
 * hold any text but NUL, which no environment can carry.
 */
function eventTenant(entry: StudioYear, event: Event, root: string): Tenant {
  const { studio } = entry;
  const scope = scopeOf(entry, event);
  return {
    path: `${root}/${scope}/`,
    var: { database: databaseOf(entry, event) },
    env: {
      RAILS_APP_OWNER: withoutNul(studio.name),
      RAILS_APP_SCOPE: scope,
      SHOWCASE_LOGO: withoutNul(studio.logo ?? DEFAULT_LOGO),
      ...(studio.locale === null ? {} : { RAILS_LOCALE: withoutNul(studio.locale).replaceAll('-', '_') }),
    },
  };
}

function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}
