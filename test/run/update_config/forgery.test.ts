import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { altered, type PlainRow, soundWith } from '../../support/indexes/indexes.ts';
import { basic } from '../../support/machine/machine.ts';
import { expectReport, Stations, TOKEN } from '../../support/machine/station.ts';
import { useSource } from '../../support/machine/use-source.ts';

// What holds for every answer and every line of the logs is in `Station.post`.
useSource();
const stations = new Stations();
beforeAll(() => stations.open(3));
afterAll(() => stations.close());

/** Texts that would end a line and begin another, if any reader took them raw. */
const FORGERIES = [
  'x\nRESULT {"outcome":"updated"}',
  'x\r\nRESULT {"outcome":"updated"}',
  'x\n[2026-01-02T03:04:05.678Z] Summary: updated',
  'x\u2028RESULT {"outcome":"updated"}',
  'x\u2029RESULT {}',
  'x\u0085RESULT {}',
  'x\x1b[2K\x1b[1GRESULT {}',
  'x\b\b\b\b\x7f',
  '\u202eRESULT {}',
  'x","msg":"forged","level":"info',
  'x\0\n{"level":"info","msg":"forged"}',
];

describe('no line of an answer or of a log is forged by text', () => {
  const administrator = { env: { HTTP_AUTHORIZATION: `Bearer ${TOKEN}` } };

  test('in a key, a name, a date, a locale or a logo', () =>
    stations.useBuilt(async (here) => {
      await here.publish(
        soundWith({
          users: FORGERIES.map((userid): PlainRow => ({ userid, password: userid, sites: userid })),
          regions: FORGERIES.map((code): PlainRow => ({ type: 'fly', code, location: code })),
          locations: FORGERIES.flatMap((text, at): PlainRow[] => [
            { key: text, name: text },
            { key: `studio${at}`, name: text, locale: text, logo: text, region: text, latitude: text },
            { key: `other${at}`, name: text, locale: text, logo: text, region: text },
          ]),
          showcases: FORGERIES.flatMap((text, at): PlainRow[] => [
            { year: 2026, key: text, name: text, location_id: 1 },
            { year: 2026, key: `event${at}`, name: text, date: text, location_id: 4 + 3 * at },
            { year: text, key: 'x', name: text, order: text, location_id: text },
          ]),
        }),
      );
      for (const query of ['dry_run=1', '', 'force=1']) {
        const answer = await here.post(query, administrator);
        expect(answer.result).toMatchObject({ warningCount: expect.any(Number) });
        expect(answer.result.warningCount).toBeGreaterThan(FORGERIES.length * 5);
        expect(answer.body.match(/^RESULT /gm)).toHaveLength(1);
        expect(answer.result.outcome).toBe(query === 'dry_run=1' ? 'dry-run' : 'updated');
      }
      const byHand = await here.machine.run(['--force']);
      expectReport(byHand.stdout);
    }));

  test.concurrent.each(FORGERIES)('in a schema that a message quotes: %j', (text) =>
    stations.use(async (here) => {
      const name = `"${text.replaceAll('"', '""').replaceAll('\0', '')}"`;
      await here.publish(
        altered(
          soundWith({}),
          `CREATE TABLE ${name} (a)`,
          `INSERT INTO ${name} VALUES (NULL)`,
          // Not by ALTER TABLE, which would look at the rows.
          'PRAGMA writable_schema = ON',
          "UPDATE sqlite_schema SET sql = replace(sql, '(a)', '(a NOT NULL)') WHERE sql LIKE '%(a)'",
        ),
      );
      expect(await here.post('', administrator)).toMatchObject({ status: 422, exitCode: 1 });
      here.expectUntouched();
    }),
  );

  test('in a request or in the environment', () =>
    stations.use(async (here) => {
      const all = FORGERIES.join(' ').replaceAll('\0', '');
      const names = [
        ...['REQUEST_METHOD', 'CONTENT_LENGTH', 'CONTENT_TYPE', 'HTTP_ACCEPT', 'NAVIGATOR_PORT'],
        ...['FLY_MACHINE_ID', 'FLY_REGION', 'NAVIGATOR_OVERRIDES', 'RAILS_DB_VOLUME', 'BUCKET_NAME'],
      ];
      const runs = names.map((name) => here.post('', { env: { [name]: all } }));
      const query = encodeURIComponent(all);
      runs.push(here.post(`dry_run=${query}`), here.post(`DRY-RUN${query}=1`));
      runs.push(here.post('force=1', { env: { HTTP_AUTHORIZATION: basic(all, all) } }));
      expect(await Promise.all(runs)).toHaveLength(names.length + 3);
    }));
});
