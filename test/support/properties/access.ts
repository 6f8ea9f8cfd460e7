import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prerenderPages } from '../../../src/generate/prerender.ts';
import type { Index } from '../../../src/index/index-model.ts';
import { anyTables, type Plan, plansOf, showsOf } from './plans.ts';
import { tightTables } from './tight.ts';

const RUNS = { numRuns: 60 };

/** What belongs to an event and to nobody who is not logged in. */
const PROTECTED = [
  ...['', 'heats', 'people/1/edit', 'public', 'Public/heats', 'publicx/heats', 'xpublic/', 'a/public/'],
  ...['a/public/heats', 'event/public/x', 'regions/', 'studios/', 'update_config', 'index.html', 'x.json'],
  ...['heats.pdf', 'x.xlsx', 'demo/', 'cable', 'docs/', 'people.css/1', 'a\n/public/heats'],
];

/** Of every event, by the file's ending or because its event has public pages. */
const ASSETS = ['logo.png', 'people/style.css', 'application.js'];

function wrong(plan: Plan, paths: Iterable<string>, isPublic: boolean): string[] {
  return [...new Set(paths)].filter((path) => plan.navigator.isPublic(`${plan.root}/${path}`) !== isPublic);
}

const where = ({ site }: Plan): string => site.region ?? site.deployment;

/** Who is asked for a login, by the machines of any index. */
export function describeAccess(): void {
  describe.each([
    ['any index', anyTables()],
    ['an index whose keys are easily taken for each other', tightTables()],
  ])('access to %s:', (_, tables) => {
    const forEveryMachine = (statement: (plan: Plan, index: Index) => void): void =>
      fc.assert(
        fc.property(tables, (rows) => {
          const { index, all } = plansOf(rows);
          for (const plan of all) statement(plan, index);
        }),
        RUNS,
      );

    test('every prerendered page that is promised to the public is public, on every machine', () => {
      forEveryMachine((plan, index) => {
        const { regions, studios, multiEventStudios } = prerenderPages(index);
        const pages = [
          ...['regions/', 'studios/', 'docs/', 'docs/tasks/Printing'],
          ...regions.map((code) => `regions/${code}/`),
          ...studios.map((key) => `studios/${key}/`),
          ...index.studios.map(({ key }) => `studios/${key}`),
          ...[...multiEventStudios].flatMap(([year, keys]) =>
            keys.flatMap((key) => [`${year}/${key}/`, `${year}/${key}`]),
          ),
        ];
        expect(wrong(plan, pages, true), where(plan)).toEqual([]);
        expect(plan.navigator.isPublic('/')).toBe(true);
      });
    });

    test('the public pages of an event that is one of many are public, and those of a single one are not', () => {
      forEveryMachine((plan, index) => {
        for (const { scope, entry } of showsOf(index)) {
          const pages = ['public/', 'public/heats', 'public/people/1'].map((page) => `${scope}/${page}`);
          expect(wrong(plan, pages, !entry.single), where(plan)).toEqual([]);
        }
      });
    });

    test('everything else of every tenant needs a login', () => {
      forEveryMachine((plan, index) => {
        const tenants = plan.navigator.tenants
          .filter(({ var: { database } }) => !['index', 'demo'].includes(database))
          .map(({ path }) => path.slice(plan.root.length + 1));
        // Those of other regions too: they must not become public where they are not served.
        const scopes = new Set([...tenants, ...showsOf(index).map(({ scope }) => `${scope}/`)]);
        const paths = [...scopes].flatMap((scope) => PROTECTED.map((below) => scope + below));
        expect(wrong(plan, paths, false), where(plan)).toEqual([]);
        const assets = [...scopes].flatMap((scope) => ASSETS.map((below) => scope + below));
        expect(wrong(plan, assets, true), where(plan)).toEqual([]);
      });
    });

    test('missing paths need a login too: years, studios and events of other years, similar names', () => {
      forEveryMachine((plan, index) => {
        const shows = showsOf(index);
        const scopes = new Set(shows.map(({ scope }) => scope));
        const many = new Set(
          shows.flatMap(({ entry, scope }) => (entry.single ? [] : scope.slice(0, scope.lastIndexOf('/')))),
        );
        const years = [...new Set([...index.years.map(({ year }) => year), 2019, 20_260])];
        const studios = index.studios.map(({ key }) => key);
        const events = [...new Set(shows.map(({ event }) => event.key))];
        const pages = years.flatMap((year) => studios.map((key) => `${year}/${key}`));
        const publics = pages.flatMap((page) => events.map((key) => `${page}/${key}`));
        const strangers = [
          ...years.flatMap((year) => [`${year}`, `${year}/`, `${year}/nosuchstudio/`, `x${year}/a/`]),
          ...pages.filter((page) => !many.has(page)).flatMap((page) => [page, `${page}/`, `${page}x/`]),
          ...[...many].flatMap((page) => [`${page}//`, `${page}x`, `/${page}/`, `x/${page}/`]),
          ...publics.filter((scope) => !scopes.has(scope)).map((scope) => `${scope}/public/heats`),
          ...[...scopes].flatMap((scope) => [
            `x/${scope}/public/x`,
            `${scope}x/public/x`,
            `x${scope}/public/x`,
          ]),
        ];
        expect(wrong(plan, strangers, false), where(plan)).toEqual([]);
      });
    });
  });

  test('the pages of the application itself need a login, whatever the index holds', () => {
    fc.assert(
      fc.property(anyTables(), (rows) => {
        for (const plan of plansOf(rows).all) {
          const paths = [
            'users',
            'users/1/edit',
            'locations',
            'showcases/new',
            'events',
            'index_update',
            'admin',
          ];
          expect(wrong(plan, plan.root === '' ? paths : [...paths, ''], false)).toEqual([]);
        }
      }),
      RUNS,
    );
  });
}
