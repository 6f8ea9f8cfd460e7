import { serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Index } from '../../../src/index/index-model.ts';
import { keyProblem, pageKeyProblem } from '../../../src/index/keys.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { compareBytes } from '../../../src/index/sort-order.ts';
import {
  buildIndex,
  goodTables,
  hostileTables,
  type Tables,
  TYPELESS,
} from '../../support/indexes/indexes.ts';
import { spoiledTables } from '../../support/indexes/spoiled-tables.ts';

// A test reads hundreds of invented indexes.
vi.setConfig({ testTimeout: 180_000 });

const RUNS = { numRuns: 150 };

/** Every tenant of an index: path below the root, and database. */
function tenants(index: Index): { path: string; database: string }[] {
  return index.years.flatMap(({ year, studios }) =>
    studios.flatMap(({ studio, single, events }) =>
      events.map(({ key }) => {
        const parts = single ? [year, studio.key] : [year, studio.key, key];
        return { path: parts.join('/'), database: parts.join('-') };
      }),
    ),
  );
}

function isSorted(keys: readonly string[]): boolean {
  return keys.every(
    (key, at) => at === 0 || Buffer.compare(Buffer.from(keys[at - 1] ?? ''), Buffer.from(key)) < 0,
  );
}

describe('any index of good rows', () => {
  it('is read without a warning, and every row is in the result', () => {
    fc.assert(
      fc.property(goodTables(), (tables) => {
        const { index, warnings } = readValidIndex(buildIndex(tables));
        expect(warnings).toEqual([]);
        expect(index.users).toHaveLength(tables.users.length);
        expect(index.studios).toHaveLength(tables.locations.length);
        expect(index.regions).toHaveLength(
          tables.regions.filter((region) => region['type'] === 'fly').length,
        );
        expect(tenants(index)).toHaveLength(tables.showcases.length);
      }),
      RUNS,
    );
  });
});

describe('any index of good rows whose optional values are spoiled', () => {
  it('has every user, region, studio and event all the same, and each studio in the region that it chose', () => {
    fc.assert(
      fc.property(spoiledTables(), ({ good, spoiled }) => {
        const { index: whole } = readValidIndex(buildIndex(good, TYPELESS));
        const { index, warnings } = readValidIndex(buildIndex(spoiled, TYPELESS));
        expect(index.users.map(({ htpasswdLine }) => htpasswdLine)).toEqual(
          whole.users.map(({ htpasswdLine }) => htpasswdLine),
        );
        expect(index.regions.map(({ code }) => code)).toEqual(whole.regions.map(({ code }) => code));
        expect(index.studios.map(({ key }) => key)).toEqual(whole.studios.map(({ key }) => key));
        expect(new Set(tenants(index).map(({ database }) => database))).toEqual(
          new Set(tenants(whole).map(({ database }) => database)),
        );
        const deployed = new Set(whole.regions.map(({ code }) => code));
        for (const { region, key } of spoiled.locations) {
          if (typeof region !== 'string' || !deployed.has(region)) continue;
          expect(index.studios.find((studio) => studio.key === key)?.region).toBe(region);
        }
        for (const { reason } of warnings) expect(reason).not.toContain('left out');
      }),
      RUNS,
    );
  });
});

describe('any index of hostile rows', () => {
  // Each statement is tried on the same tables, since all draw from the same seed.
  const known = new Map<string, ReturnType<typeof readValidIndex>>();
  const read = (tables: Tables) => {
    const key = serialize(tables).toString('latin1');
    const result = known.get(key) ?? readValidIndex(buildIndex(tables, TYPELESS));
    known.set(key, result);
    return result;
  };

  it('gives keys that can stand in paths, each once and in byte order', () => {
    fc.assert(
      fc.property(hostileTables(), (tables) => {
        const { index } = read(tables);
        for (const { key } of index.studios) expect(pageKeyProblem(key)).toBeNull();
        for (const { code } of index.regions) expect(pageKeyProblem(code)).toBeNull();
        expect(isSorted(index.studios.map(({ key }) => key))).toBe(true);
        expect(isSorted(index.regions.map(({ code }) => code))).toBe(true);
        for (const { studios } of index.years) {
          expect(isSorted(studios.map(({ studio }) => studio.key))).toBe(true);
          for (const { events } of studios) for (const { key } of events) expect(keyProblem(key)).toBeNull();
        }
      }),
      RUNS,
    );
  });

  it('gives each tenant a path and a database of its own', () => {
    fc.assert(
      fc.property(hostileTables(), (tables) => {
        const all = tenants(read(tables).index);
        expect(new Set(all.map(({ path }) => path)).size).toBe(all.length);
        expect(new Set(all.map(({ database }) => database)).size).toBe(all.length);
        for (const { database } of all) {
          expect(Buffer.byteLength(`${database}.sqlite3-journal`)).toBeLessThanOrEqual(255);
        }
      }),
      RUNS,
    );
  });

  it('gives htpasswd lines that are one line each, of users of different names', () => {
    fc.assert(
      fc.property(hostileTables(), (tables) => {
        const { users } = read(tables).index;
        expect(new Set(users.map(({ userid }) => userid)).size).toBe(users.length);
        for (const { userid, htpasswdLine } of users) {
          if (htpasswdLine === null) continue;
          expect(htpasswdLine.startsWith(`${userid}:`)).toBe(true);
          expect(htpasswdLine.slice(userid.length + 1)).toMatch(/^(?:\$|\{S)[ -~]{20,}$/);
        }
      }),
      RUNS,
    );
  });

  it('accounts for every row: it is in the result, or a warning names it', () => {
    fc.assert(
      fc.property(hostileTables(), (tables) => {
        const { index, warnings } = read(tables);
        const ids = {
          users: index.users.map(({ id }) => id),
          locations: index.studios.map(({ id }) => id),
          showcases: index.years.flatMap((year) =>
            year.studios.flatMap(({ events }) => events.map(({ id }) => id)),
          ),
        };
        for (const table of ['users', 'locations', 'showcases'] as const) {
          const warned = warnings.filter((warning) => warning.table === table);
          const leftOut = warned.filter(({ reason }) => reason.endsWith('; left out')).map(({ id }) => id);
          const all = [...ids[table], ...leftOut].sort((a, b) => Number(a) - Number(b));
          expect(all).toEqual(tables[table].map((_, at) => at + 1));
        }
      }),
      RUNS,
    );
  });

  it('gives warnings that show nothing unprintable and no hash', () => {
    fc.assert(
      fc.property(hostileTables(), (tables) => {
        for (const { row, reason } of read(tables).warnings) {
          expect(`${row}${reason}`).not.toMatch(/\p{C}|\u2028|\u2029|\$2y\$|\$apr1\$/u);
          expect(row.length + reason.length).toBeLessThan(800);
        }
      }),
      RUNS,
    );
  });

  it('gives the same result whatever is in other tables', () => {
    fc.assert(
      fc.property(hostileTables(), hostileTables(), (tables, others) => {
        const { index } = read(tables);
        expect(read({ ...tables, users: others.users }).index.years).toEqual(index.years);
        const elsewhere = read({ ...tables, regions: others.regions }).index;
        expect(tenants(elsewhere)).toEqual(tenants(index));
      }),
      RUNS,
    );
  });
});

it('two texts compare as their bytes do', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '𝒜', '\u{10ffff}'),
    maxLength: 4,
  });
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 2000 },
  );
});
