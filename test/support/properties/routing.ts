import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prerenderPages } from '../../../src/generate/prerender.ts';
import { anyTables, type Plan, plansOf, showsOf } from './plans.ts';
import { tightTables } from './tight.ts';

const RUNS = { numRuns: 60 };

/** What somebody may ask of an event, below its page. */
const BELOW = [
  '/',
  '/heats',
  '/people/1/edit',
  '/public/',
  '/public/heats',
  '/public',
  '/cable',
  '/2026/a/b/',
];

/** Regions that serve a path or send it to one that does, by what they do with it. */
function routes(plan: Plan, base: string): Record<string, string> {
  const paths = BELOW.map((below) => base + below);
  return Object.fromEntries(
    [base, ...paths].map((path) => {
      const routed = plan.navigator.route(path);
      return [path, 'to' in routed ? `${routed.kind} to ${routed.to}` : JSON.stringify(routed)];
    }),
  );
}

/** Where each request goes, on the machines of any index. */
export function describeRouting(): void {
  describe.each([
    ['any index', anyTables()],
    ['an index whose keys are easily taken for each other', tightTables()],
  ])('the routing of %s:', (_, tables) => {
    test('every event is served by its own region alone, and replayed there by all others', () => {
      fc.assert(
        fc.property(tables, (rows) => {
          const { index, fly } = plansOf(rows);
          const shows = showsOf(index);
          for (const plan of fly) {
            for (const { scope, database, owner } of shows) {
              const base = `${plan.root}/${scope}`;
              const here = owner === null || owner === plan.site.region;
              const answer = here ? JSON.stringify({ kind: 'tenant', database }) : `replayed to ${owner}`;
              const right = Object.fromEntries(BELOW.map((below) => [base + below, answer]));
              right[base] = here ? `redirected to ${base}/` : answer;
              expect(routes(plan, base), `in ${plan.site.region}`).toEqual(right);
            }
          }
        }),
        RUNS,
      );
    });

    test('every owner of an event is a deployed region', () => {
      fc.assert(
        fc.property(tables, (rows) => {
          const { index } = plansOf(rows);
          const deployed = new Set(index.regions.map(({ code }) => code));
          const owners = showsOf(index).flatMap(({ owner }) => owner ?? []);
          expect(owners.filter((owner) => !deployed.has(owner))).toEqual([]);
        }),
        RUNS,
      );
    });

    test('Fly, all regions together, Kamal and the admin host have the same events', () => {
      fc.assert(
        fc.property(tables, (rows) => {
          const { index, fly, kamal, local } = plansOf(rows);
          const right = showsOf(index)
            .map(({ scope, database }) => `/${scope}/ ${database}`)
            .sort();
          const events = (plan: Plan): string[] =>
            plan.navigator.tenants
              .filter((tenant) => !['index', 'demo'].includes(tenant.var.database))
              .map((tenant) => `${tenant.path.slice(plan.root.length)} ${tenant.var.database}`);
          expect(events(kamal).sort()).toEqual(right);
          expect(events(local).sort()).toEqual(right);
          if (index.regions.length > 0) {
            expect([...new Set(fly.flatMap(events))].sort()).toEqual(right);
          }
        }),
        RUNS,
      );
    });

    test('every machine serves prerendered pages itself', () => {
      fc.assert(
        fc.property(tables, (rows) => {
          const { index, all } = plansOf(rows);
          const { regions, studios, years, multiEventStudios } = prerenderPages(index);
          const pages = [
            ...['regions/', 'studios/', 'docs/'],
            ...regions.map((code) => `regions/${code}/`),
            ...studios.map((key) => `studios/${key}/`),
            ...years.map((year) => `${year}/`),
            ...[...multiEventStudios].flatMap(([year, keys]) => keys.map((key) => `${year}/${key}/`)),
          ];
          for (const plan of all) {
            const elsewhere = pages.filter((page) => {
              const routed = plan.navigator.route(`${plan.root}/${page}`);
              return !(routed.kind === 'tenant' && routed.database === 'index');
            });
            expect(elsewhere, plan.site.region ?? plan.site.deployment).toEqual([]);
          }
        }),
        RUNS,
      );
    });

    test("a region's own paths reach it from every other, and the demo of a machine is its own", () => {
      fc.assert(
        fc.property(tables, (rows) => {
          const { index, fly } = plansOf(rows);
          const { regions } = prerenderPages(index);
          for (const { site, root, navigator } of fly) {
            const demo = `${root}/regions/${site.region}/demo/`;
            expect(navigator.route(`${demo}heats`)).toEqual({ kind: 'tenant', database: 'demo' });
            expect(navigator.route(`${root}/demo/`)).toEqual({ kind: 'redirected', to: demo });
            for (const code of regions) {
              if (code === site.region) continue;
              const routed = ['demo/', 'demo/heats', 'cable'].map((below) =>
                navigator.route(`${root}/regions/${code}/${below}`),
              );
              expect(routed).toEqual(Array(3).fill({ kind: 'replayed', to: code }));
            }
          }
        }),
        RUNS,
      );
    });
  });

  test('PDF and XLSX of every event go to the app that makes them, from every region', () => {
    fc.assert(
      fc.property(tightTables(), (rows) => {
        const { index, fly } = plansOf(rows);
        for (const { root, navigator } of fly) {
          for (const { scope } of showsOf(index)) {
            for (const file of ['heats.pdf', 'public/heats.xlsx']) {
              expect(navigator.route(`${root}/${scope}/${file}`)).toEqual({
                kind: 'replayed',
                to: 'app=smooth-pdf',
              });
            }
          }
        }
      }),
      RUNS,
    );
  });

  test('a request for an update reaches the script on every machine, and only by POST', () => {
    fc.assert(
      fc.property(anyTables(), (rows) => {
        for (const { root, navigator } of plansOf(rows).all) {
          expect(navigator.route(`${root}/update_config`, 'POST')).toEqual({ kind: 'cgi' });
          expect(navigator.route(`${root}/update_config`)).toEqual({ kind: 'tenant', database: 'index' });
          expect(navigator.isPublic(`${root}/update_config`)).toBe(true);
        }
      }),
      RUNS,
    );
  });
}
