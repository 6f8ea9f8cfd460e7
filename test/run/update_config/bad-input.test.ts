import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BadInput } from '../../support/indexes/bad-inputs.ts';
import { INVALID, VALID } from '../../support/indexes/chosen-inputs.ts';
import { HOSTILE_KEYS, HOSTILE_LINES } from '../../support/indexes/hostile.ts';
import { altered, buildIndex, HASH, type PlainRow, SOUND } from '../../support/indexes/indexes.ts';
import { expectHarmless } from '../../support/machine/harmless.ts';
import { basic, type CgiAnswered, type RunOptions } from '../../support/machine/machine.ts';
import { ADMINISTRATOR, expectFailure, GOOD_INDEX, Stations, TOKEN } from '../../support/machine/station.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { always, type Fault } from '../../support/store/fault-proxy.ts';

useSource();
const stations = new Stations();
beforeAll(() => stations.open(4));
afterAll(() => stations.close());

/** Of the sound index, whose only user has the sample's password for all. */
const SOUND_ADMINISTRATOR = basic('ada', 'quickstep');

const as = (authorization: string, accept = 'text/plain'): RunOptions => ({
  env: { HTTP_AUTHORIZATION: authorization, HTTP_ACCEPT: accept },
});

/** Everybody who may ask, and whether the rows behind the warnings are for them. */
const CALLERS: readonly (readonly [options: RunOptions, administrator: boolean])[] = [
  [{}, false],
  [as(SOUND_ADMINISTRATOR), true],
  [{ env: { HTTP_ACCEPT: 'application/json' } }, false],
  [as(`Bearer ${TOKEN}`, 'application/json'), true],
  [as(basic('ada', 'no-such-password')), false],
];

describe('an index that is not valid', () => {
  const cases = INVALID;

  test.concurrent.each(cases)('$name: is refused with 422, and nothing is touched', ({ make, because }) =>
    stations.use(async (here) => {
      await here.publish(make());
      const answer = await here.post();
      expectFailure(answer, 422, 'index-invalid');
      expect(answer.result.error?.message).toMatch(because ?? /./);
      here.expectUntouched();
    }),
  );

  test('gives the same message to an administrator, in a dry run and in JSON', () =>
    stations.use(async (here) => {
      await here.publish(cases[0]?.make() ?? Buffer.alloc(0));
      for (const query of ['', 'dry_run=1', 'force=1']) {
        for (const accept of ['text/plain', 'application/json']) {
          expectFailure(await here.post(query, as(ADMINISTRATOR, accept)), 422, 'index-invalid');
        }
      }
      here.expectUntouched();
    }));
});

describe('an index that must not be installed, whatever its content', () => {
  const GIGABYTE = 2 ** 30;
  const huge: readonly (readonly [string, Fault])[] = [
    ['that says so', { kind: 'huge', size: GIGABYTE, announced: true }],
    ['that does not say so', { kind: 'huge', size: GIGABYTE, announced: false }],
  ];

  test.each(huge)('of a gigabyte %s is refused before it is read', (_, fault) =>
    stations.use(async (here) => {
      here.proxy.plan(always(fault));
      const answer = await here.post();
      here.expectUntouched();
      expectFailure(answer, 422, 'index-too-large');
      expect(answer.result.error?.hint).toContain('UPDATE_CONFIG_MAX_INDEX_MIB');
      expect(here.proxy.requests).toHaveLength(1);
      expect(here.proxy.requests[0]?.sent).toBeLessThan(GIGABYTE / 8);
    }),
  );

  test('above the size limit is refused, and installed once the limit is raised', () =>
    stations.useBuilt(async (here) => {
      await here.publish(withBallast(2 ** 20));
      const capped = await here.post('', { env: { UPDATE_CONFIG_MAX_INDEX_MIB: '1' } });
      expectFailure(capped, 422, 'index-too-large');
      here.expectUntouched();
      const raised = await here.post('', { env: { UPDATE_CONFIG_MAX_INDEX_MIB: '2' } });
      expect(raised).toMatchObject({ status: 200, result: { outcome: 'updated' } });
    }));

  test('older than the installed one is refused, unless it is forced', () =>
    stations.use(async (here) => {
      await here.install(withBallast(5000));
      await here.publish(GOOD_INDEX, new Date('2020-01-01T00:00:00Z'));
      const answer = await here.post();
      expectFailure(answer, 422, 'index-older');
      expect(answer.result.error?.hint).toContain('force=1');
      here.expectUntouched();
      const forced = await here.post('force=1', as(ADMINISTRATOR));
      expect(forced).toMatchObject({ status: 200, result: { outcome: 'updated' } });
    }));
});

describe('an index with bad rows', () => {
  const cases = VALID.map((input, number) => ({ ...input, number }));

  test.concurrent.each(cases)('$name: is installed without them', ({ make, warnings, number }) =>
    stations.use(async (here) => {
      const [options, administrator] = CALLERS[number % CALLERS.length] ?? [{}, false];
      await here.publish(make());
      const answer = await here.post('', options);
      expect(answer, answer.body).toMatchObject({
        status: 200,
        exitCode: 0,
        result: { outcome: 'updated', reload: expect.any(Boolean), warningCount: warnings.length },
      });
      if (administrator) expectRows(answer, warnings);
      else expectSummary(answer, warnings);
      expect(here.machine.read('htpasswd')).toBe(`ada:${HASH}`);
      expectHarmless(here.machine.read('navigator.yml'));
    }),
  );
});

describe('an index with every bad row there is', () => {
  const place = { latitude: 1, longitude: 1 };
  const tables = {
    users: [...SOUND.users, ...HOSTILE_LINES.map(([, password]): PlainRow => ({ userid: 'eve', password }))],
    regions: [
      ...SOUND.regions,
      ...HOSTILE_KEYS.map((code): PlainRow => ({ type: 'fly', code, location: 'Nowhere', ...place })),
    ],
    locations: [
      ...SOUND.locations,
      ...HOSTILE_KEYS.map((key): PlainRow => ({ key, name: `Studio ${key}`, ...place })),
    ],
    showcases: [
      ...SOUND.showcases,
      { year: 2026, key: 'gala', name: 'Gala', order: 2, location_id: 1 },
      ...HOSTILE_KEYS.map((key): PlainRow => ({ year: 2026, key, name: key, order: 3, location_id: 1 })),
      ...HOSTILE_KEYS.map(
        (_, at): PlainRow => ({ year: 2025, key: 'ball', name: 'Ball', location_id: at + 2 }),
      ),
    ],
  };
  const bad = HOSTILE_LINES.length + 4 * HOSTILE_KEYS.length;

  test('is installed without them, and only an administrator sees which they are', () =>
    stations.useBuilt(async (here) => {
      await here.publish(buildIndex(tables));
      for (const [options, administrator] of CALLERS) {
        const answer = await here.post('', options);
        expect(answer).toMatchObject({ status: 200, result: { warningCount: bad } });
        const { warnings } = answer.result;
        if (administrator) {
          expect(warnings).toHaveLength(bad);
          expect(warnings.filter(({ id, reason }) => id === null || id < 2 || reason === '')).toEqual([]);
        } else {
          expect(warnings.map(({ table, id }) => [table, id])).toEqual([
            ['users', null],
            ['regions', null],
            ['locations', null],
            ['showcases', null],
          ]);
        }
      }
      expect(here.machine.read('htpasswd')).toBe(`ada:${HASH}`);
      const { tenants } = expectHarmless(here.machine.read('navigator.yml'));
      expect(tenants.map((tenant) => tenant.var.database)).toEqual([
        'index',
        'demo',
        '2026-boston-showcase',
        '2026-boston-gala',
      ]);
    }));

  test('has them listed by a dry run, and nothing of them in the diff', () =>
    stations.useBuilt(async (here) => {
      await here.install(GOOD_INDEX);
      await here.publish(buildIndex(tables));
      for (const credentials of [`Bearer ${TOKEN}`, ADMINISTRATOR]) {
        const answer = await here.post('dry_run=1', as(credentials));
        expect(answer.result).toMatchObject({ outcome: 'dry-run', warningCount: bad });
        expect(answer.body.match(/^\[[^\]]*\] Warning: \w+ .*\(\w+ \d+\): /gm)).toHaveLength(bad);
        for (const key of ['etc/passwd', 'a|b', 'evil', 'hidden', 'alias', 'style.css', 'kkkk', 'xxxx']) {
          expect(answer.result.diff).not.toContain(key);
        }
      }
      here.expectUntouched();
    }));
});

/** Warnings with table, id and reason, in the result and, in a text, on lines of their own. */
function expectRows({ result, body, headers }: CgiAnswered, expected: BadInput['warnings']): void {
  expect(result.warnings).toHaveLength(expected.length);
  expect(result.warnings).toEqual(
    expect.arrayContaining(
      expected.map(([table, id, reason]) =>
        expect.objectContaining({ table, id, reason: expect.stringMatching(reason) }),
      ),
    ),
  );
  if (headers['content-type']?.startsWith('application/json')) return;
  for (const { table, id, row, reason } of result.warnings) {
    if (id !== null) expect(row).toContain(`(${table} ${id})`);
    expect(body).toContain(`Warning: ${row}: ${reason}\n`);
  }
}

/** How many warnings there are per table, and nothing of any row. */
function expectSummary({ result, body }: CgiAnswered, expected: BadInput['warnings']): void {
  const counts = new Map<string, number>();
  for (const [table] of expected) counts.set(table, (counts.get(table) ?? 0) + 1);
  expect(result.warnings.map(({ table, id, reason }) => [table, id, Number.parseInt(reason, 10)])).toEqual(
    [...counts].map(([table, count]) => [table, null, count]),
  );
  for (const [, , reason] of expected) expect(body).not.toMatch(reason);
}

/** A good index of at least so many bytes, and not the same as without them. */
function withBallast(bytes: number): Buffer {
  return altered(GOOD_INDEX, 'CREATE TABLE ballast (a)', `INSERT INTO ballast VALUES (zeroblob(${bytes}))`);
}
