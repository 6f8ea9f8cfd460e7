import { join } from 'node:path';
import { databaseFile } from '../bucket/object-names.ts';
import type { Index } from '../index/index-model.ts';
import { entriesOf } from '../index/index-model.ts';
import { databaseOf, servesHere } from '../index/tenant-names.ts';
import type { Site } from '../site/site.ts';
import type { EventFacts, TenantDatabase } from './tenant-model.ts';

/**
 * The databases of the events that this machine serves: on Fly those that its region owns or that none does, else all.
 * Years descending, studios by key, events in list order. The index and the demo are none of them.
 */
export function listTenants(index: Index, site: Site): TenantDatabase[] {
  return list(index, site, site.region);
}

/** The databases of all events, wherever they are served. */
export function allTenants(index: Index, site: Site): TenantDatabase[] {
  return list(index, site, null);
}

/** The databases of the events that other machines serve. */
export function listElsewhere(index: Index, site: Site): TenantDatabase[] {
  const served = new Set(listTenants(index, site).map(({ name }) => name));
  return allTenants(index, site).filter(({ name }) => !served.has(name));
}

function list(index: Index, { dbDir }: Site, region: string | null): TenantDatabase[] {
  const tenants: TenantDatabase[] = [];
  for (const entry of entriesOf(index)) {
    if (!servesHere(entry, region)) continue;
    for (const event of entry.events) {
      const name = databaseOf(entry, event);
      tenants.push({ name, path: join(dbDir, databaseFile(name)), region: entry.studio.region });
    }
  }
  return tenants;
}

/** What a new database of each event is told, by the name of the database. */
export function factsOf(index: Index): Map<string, EventFacts> {
  const facts = new Map<string, EventFacts>();
  for (const entry of entriesOf(index)) {
    const { year, single, studio } = entry;
    for (const event of entry.events) {
      const { name, date } = event;
      facts.set(databaseOf(entry, event), { year, single, name, date, locale: studio.locale });
    }
  }
  return facts;
}
