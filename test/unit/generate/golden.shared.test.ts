import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openImage } from '../../../src/database/image.ts';
import { generate, generateMaintenance } from '../../../src/generate/generate.ts';
import type { PlannedFile } from '../../../src/generate/planned-file.ts';
import { prerenderPages } from '../../../src/generate/prerender.ts';
import type { Index } from '../../../src/index/index-model.ts';
import { readIndex } from '../../../src/index/read-index.ts';
import { masked, withoutColons } from '../../support/machine/golden.ts';
import { MACHINE_KINDS, type MachineKind, siteOf } from '../../support/machine/site.ts';
import { shared } from '../../support/suite/shared.ts';

/** Compares with what production wrote for a real index, which stands beside the repository or nowhere; captured.test.ts compares always. */
describe('the files for the real index, compared with those of production,', () => {
  const folder = shared ?? '';
  const index = realIndex(folder);

  describe.each(MACHINE_KINDS)('%s', (kind) => {
    const golden = readJson(folder, `golden/${kind}.json`);
    const files = generate(index, siteOf(kind));

    it('have the golden navigator.yml, except for our paths, hooks and the size of the machine', () => {
      expect(masked(read(files, 'navigator'))).toEqual(masked(golden['navigator']));
    });

    it('have the golden navigator-maintenance.yml, except for our paths and hooks', () => {
      const file = generateMaintenance(siteOf(kind));
      expect(masked(parse(file.content))).toEqual(masked(golden['maintenance']));
    });

    it('have in map.yml exactly the golden regions and studios, and every golden place on a map', () => {
      const map = read(files, 'map');
      expect(map).toMatchObject(golden['map'] as object);
      expect(map).toMatchObject(readJson(folder, 'data/map-projection.json'));
      for (const part of ['regions', 'studios']) {
        expect(Object.keys(map[part] as object)).toEqual(
          Object.keys((golden['map'] as Loose)[part] as object).sort(),
        );
      }
    });

    it('have the golden showcases.yml', () => {
      expect(withoutColons(read(files, 'showcases'))).toEqual(golden['showcases']);
    });

    it('have the golden tenants.list, in order', () => {
      const text = files.find((file) => file.kind === 'tenants')?.content ?? '';
      expect(text).toBe((golden['tenants'] as string[]).map((line) => `${line}\n`).join(''));
    });

    it('have the golden pages to prerender', () => {
      const { regions, studios, years, multiEventStudios } = prerenderPages(index);
      const pages = { regions, studios, years, multi_event_studios: Object.fromEntries(multiEventStudios) };
      expect(pages).toEqual(golden['prerender']);
    });
  });
});

describe('the names of the machines of the goldens', () => {
  it('match their environments', () => {
    for (const kind of MACHINE_KINDS) {
      const env = readJson(shared ?? '', `golden/${kind}.json`)['env'] as Record<string, string>;
      expect(siteOf(kind).region).toBe(env['FLY_REGION'] ?? null);
    }
  });

  it('stand for the three deployments', () => {
    const deployments = (kinds: readonly MachineKind[]) =>
      new Set(kinds.map((kind) => siteOf(kind).deployment));
    expect(deployments(MACHINE_KINDS)).toEqual(new Set(['fly', 'kamal', 'local']));
  });
});

type Loose = Record<string, unknown>;

function realIndex(folder: string): Index {
  const db = openImage(readFileSync(join(folder, 'data/index.sqlite3')));
  try {
    return readIndex(db).index;
  } finally {
    db.close();
  }
}

function readJson(folder: string, name: string): Loose {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

function read(files: readonly PlannedFile[], kind: PlannedFile['kind']): Loose {
  return parse(files.find((file) => file.kind === kind)?.content ?? '');
}
