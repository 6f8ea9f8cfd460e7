import { describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openImage } from '../../../src/database/image.ts';
import { tenantsOf } from '../../../src/generate/tenants.ts';
import type { Index } from '../../../src/index/index-model.ts';
import { readIndex } from '../../../src/index/read-index.ts';
import { mappingAt } from '../../../src/site/data.ts';
import { navigatorPart } from '../../../src/site/static.ts';
import { allTenants, listTenants } from '../../../src/tenants/list.ts';
import { buildIndex } from '../../support/indexes/indexes.ts';
import { MACHINE_KINDS, siteOf } from '../../support/machine/site.ts';

function indexOf(image: Buffer): Index {
  const db = openImage(image);
  try {
    return readIndex(db).index;
  } finally {
    db.close();
  }
}

const SAMPLE = indexOf(makeSampleIndex());

describe('the list of tenant databases', () => {
  it.each(MACHINE_KINDS)('is that of the event tenants in navigator.yml, in order: %s', (kind) => {
    const site = siteOf(kind);
    const tenants = [...tenantsOf(SAMPLE, site, navigatorPart(site))];
    const databases = tenants.map((tenant) => String(mappingAt(tenant, 'var')['database']));
    const events = databases.filter((name) => name !== 'index' && name !== 'demo');
    expect(listTenants(SAMPLE, site).map(({ name }) => name)).toEqual(events);
  });

  it('holds on Fly what the region owns and what no region does, and elsewhere every one', () => {
    const owned = new Set(listTenants(SAMPLE, siteOf('fly-iad')).map(({ region }) => region));
    expect([...owned].sort()).toEqual(['iad', null]);
    const all = allTenants(SAMPLE, siteOf('fly-iad'));
    expect(listTenants(SAMPLE, siteOf('kamal'))).toEqual(all);
    expect(all).toHaveLength(160);
  });

  it('names the file in the db dir', () => {
    expect(listTenants(indexOf(buildIndex()), siteOf('kamal'))).toEqual([
      { name: '2026-boston', path: '/data/db/2026-boston.sqlite3', region: 'iad' },
    ]);
  });

  it('is empty for an index without events', () => {
    expect(allTenants(indexOf(buildIndex({ showcases: [] })), siteOf('kamal'))).toEqual([]);
  });
});
