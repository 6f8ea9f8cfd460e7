import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { checkFiles } from '../../../src/check/rules.ts';
import { generate } from '../../../src/generate/generate.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { contentOf } from '../machine/planned.ts';
import { readByRuby } from '../system/ruby.ts';
import { compile } from './navigator.ts';
import { anyTables, imageOf, plansOf } from './plans.ts';
import { tightTables } from './tight.ts';

const RUNS = { numRuns: 80 };

const YAML_FILES = ['navigator', 'map', 'showcases'] as const;

/** What each file is, on the machines of any index. */
export function describeFiles(): void {
  describe('from any valid index,', () => {
    test('every pattern compiles under RE2', () => {
      fc.assert(
        fc.property(anyTables(), (rows) => {
          const lists = plansOf(rows).all.map(({ navigator }) => navigator.patterns());
          for (const patterns of lists) expect(patterns.length).toBeGreaterThan(3);
          for (const pattern of new Set(lists.flat())) expect(() => compile(pattern)).not.toThrow();
        }),
        RUNS,
      );
    });

    // That each navigator.yml is YAML 1.2 is what `plansOf` sees to, which has read all of them.
    test.each([
      ['1.1', YAML_FILES],
      ['1.2', ['map', 'showcases']],
    ] as const)('every file in YAML parses as YAML %s, and repeats no key', (version, kinds) => {
      fc.assert(
        fc.property(anyTables(), (rows) => {
          const { all } = plansOf(rows);
          for (const kind of kinds) {
            // Machines have most of them in common.
            for (const text of new Set(all.map(({ files }) => contentOf(files, kind)))) {
              const document = parseDocument(text, { uniqueKeys: true, strict: true, version });
              expect([...document.errors, ...document.warnings], kind).toEqual([]);
            }
          }
        }),
        RUNS,
      );
    });

    test.each([
      ['any index', anyTables()],
      ['an index whose keys are easily taken for each other', tightTables()],
    ])(
      'every tenant of %s has a path and a database of its own, and tenants.list names the databases',
      (_, tables) => {
        fc.assert(
          fc.property(tables, (rows) => {
            for (const { files, navigator, site } of plansOf(rows).all) {
              const paths = navigator.tenants.map(({ path }) => path);
              const databases = navigator.tenants.map((tenant) => tenant.var.database);
              expect(new Set(paths).size).toBe(paths.length);
              expect(new Set(databases).size).toBe(databases.length);
              expect(contentOf(files, 'tenants')).toBe(
                databases.map((database) => `${site.dbDir}/${database}.sqlite3\n`).join(''),
              );
              expect(databases.filter((database) => /[/\\\0]|^\.|\.\./.test(database))).toEqual([]);
            }
          }),
          { numRuns: 60 },
        );
      },
    );

    test('htpasswd has one line each for people of different names, with a hash that Navigator knows', () => {
      // As go-htpasswd reads a line: what it does not know by its beginning is a clear-text password.
      const line =
        /^[^:\p{Cc}]+:(?:\$2[abxy]\$\d\d\$.{53}|\$apr1\$[^$]+\$.{22}|\{S?SHA\}.{28,}|\$[56]\$.+)$/u;
      fc.assert(
        fc.property(anyTables(), (rows) => {
          const text = contentOf(plansOf(rows).kamal.files, 'htpasswd');
          const lines = text.split('\n');
          expect(lines.filter((each) => !line.test(each) || each !== each.trim())).toEqual([]);
          const names = lines.map((each) => each.slice(0, each.indexOf(':')));
          expect(new Set(names).size).toBe(lines.length);
          expect(lines).toEqual([...lines].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
        }),
        RUNS,
      );
    });

    test('the generated files keep every rule', async () => {
      await fc.assert(
        fc.asyncProperty(anyTables(), async (rows) => {
          const { index, all } = plansOf(rows);
          for (const { files, site } of all) expect(await checkFiles(files, { index, site })).toEqual([]);
        }),
        RUNS,
      );
    });

    test('the same rows give the same bytes', () => {
      fc.assert(
        fc.property(anyTables(), (rows) => {
          const { index, fly, kamal } = plansOf(rows);
          const again = readValidIndex(imageOf(rows)).index;
          expect(again).toEqual(index);
          for (const { site, files } of [...fly, kamal]) expect(generate(again, site)).toEqual(files);
        }),
        RUNS,
      );
    });
  });

  test('Ruby reads the same as the yaml package from every file', () => {
    const plans = fc.sample(anyTables(), 60).map((rows) => plansOf(rows));
    const texts = plans.flatMap(({ fly, kamal }) =>
      YAML_FILES.map((kind) => contentOf((fly[0] ?? kamal).files, kind)),
    );
    const byRuby = readByRuby(texts);
    for (const [number, text] of texts.entries()) {
      expect(byRuby[number]).toEqual(asRubyTells(parseDocument(text).toJS({ mapAsMap: true })));
    }
  });
}

/** Values as `readByRuby` gives them: keys that are integers and symbols tell their class. */
function asRubyTells(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asRubyTells);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries(
    [...value].map(([key, item]) => {
      const symbol = typeof key === 'string' ? /^:([a-z]+)$/.exec(key)?.[1] : undefined;
      const name = typeof key === 'number' ? `Integer ${key}` : symbol ? `Symbol ${symbol}` : key;
      return [name, asRubyTells(item)];
    }),
  );
}
