/** Whether the store has the database of a new event is asked first: an empty one in its place would count as the newer. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { giveKeys, newKey, push, pushOf } from '../../support/machine/pushing.ts';
import { shareReadyStands } from '../../support/new-events/prepared.ts';
import { indexOf, Stand, seeded } from '../../support/new-events/stand.ts';
import { startFaultProxy } from '../../support/store/fault-proxy.ts';

shareReadyStands();

const KAMAL_WITHOUT_STORE = {
  FLY_APP_NAME: '',
  FLY_REGION: '',
  FLY_MACHINE_ID: '',
  KAMAL_CONTAINER_NAME: 'web',
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_ENDPOINT_URL_S3: '',
};

const FIRST = { id: 1, date: '2026-05-01' };
const SECOND = { id: 2, studio: 'camden', key: 'gala', name: 'Winter Gala', date: 'May 2, 2026' } as const;
const THIRD = { id: 3, studio: 'camden', key: 'other', name: 'Other' } as const;
const T = new Date('2026-01-01T12:00:00Z');

/** What another machine has made of a seeded database. */
function used(stand: Stand, location: string): Buffer {
  const db = openDatabase(readFileSync(stand.path('2026-boston')));
  db.prepare('UPDATE events SET location = ?').run(location);
  const bytes = db.serialize();
  db.close();
  return bytes;
}

it('a new event’s database in the store is fetched before navigator.yml is replaced; others are copied', async () => {
  const stand = await Stand.ready([FIRST]);
  await stand.upload('2026-camden-gala', used(stand, 'Ballroom'), T);
  await stand.publish(FIRST, SECOND, THIRD);
  const { stdout: body, result } = await stand.updateHere();
  expect(body).toContain('databases of new events: 1 copied, 1 downloaded');
  expect(result.warningCount).toBe(0);
  expect(stand.content('2026-camden-gala').events).toMatchObject([{ location: 'Ballroom' }]);
  expect(stand.modified('2026-camden-gala')).toEqual(T);
  expect(stand.content('2026-camden-other')).toEqual(seeded('Other', null));
  expect((await stand.hookHere()).stdout).toContain('3 unchanged');
});

it('the database of an event that comes from another region is fetched', async () => {
  const stand = await Stand.ready([FIRST, { id: 3, studio: 'sydney' }]);
  await stand.upload('2026-sydney', used(stand, 'Opera'), T);
  const moved = openDatabase(indexOf(FIRST, { id: 3, studio: 'sydney' }));
  moved.exec("UPDATE locations SET region = 'iad'");
  await stand.published.publish(moved.serialize(), new Date('2026-02-02T00:00:00Z'));
  moved.close();
  expect((await stand.updateHere()).stdout).toContain('databases of new events: 1 downloaded');
  expect(stand.content('2026-sydney').events).toMatchObject([{ location: 'Opera' }]);
});

it.each([
  ['refuses', { kind: 'answer', status: 403 }],
  ['does not answer', { kind: 'reset', when: 'before-request' }],
] as const)(
  'no database is made while the store %s, which is a warning; the rest is installed',
  async (_how, fault) => {
    const stand = await Stand.ready([FIRST], { UPDATE_CONFIG_STORE_TIMEOUT: '3' });
    const proxy = await startFaultProxy(stand.published.settings.endpoint);
    onTestFinished(() => proxy.close());
    proxy.plan(({ path }) => (path.includes('/db/2026-') ? fault : undefined));
    await stand.publish(FIRST, SECOND, THIRD);
    const { status, result } = await stand.machine.post('', { env: { AWS_ENDPOINT_URL_S3: proxy.endpoint } });
    expect([status, result.outcome, result.warningCount]).toEqual([200, 'updated', 2]);
    expect(stand.machine.read('navigator.yml')).toContain('2026/camden/gala');
    expect([stand.exists('2026-camden-gala'), stand.exists('2026-camden-other')]).toEqual([false, false]);
    // The ready hook makes up for it, or the next update.
    await stand.publish(FIRST, { ...SECOND, name: 'Spring Gala' }, THIRD);
    expect((await stand.updateHere()).stdout).toContain('databases of new events: 2 copied');
    expect(stand.content('2026-camden-gala')).toEqual(seeded('Spring Gala', 'May 2, 2026'));
    expect(stand.litter()).toEqual([]);
  },
);

it('a damaged database in the store is a warning for that event alone', async () => {
  const stand = await Stand.ready([FIRST]);
  await stand.upload('2026-camden-gala', Buffer.alloc(9000, 'no database'), T);
  await stand.publish(FIRST, SECOND, THIRD);
  const { result } = await stand.updateHere();
  expect(result.warnings).toEqual([
    expect.objectContaining({
      row: 'event 2026/camden/gala (showcases 2)',
      reason: expect.stringMatching(/^has no database 2026-camden-gala yet: .*is not an SQLite database/),
    }),
  ]);
  expect([stand.exists('2026-camden-gala'), stand.exists('2026-camden-other')]).toEqual([false, true]);
});

it('a machine without a store makes a new database at once, even if the index was copied there', async () => {
  const stand = await Stand.open(KAMAL_WITHOUT_STORE);
  writeFileSync(stand.machine.path('index.sqlite3'), indexOf(FIRST));
  await stand.machine.post();
  await stand.hook();
  writeFileSync(stand.machine.path('index.sqlite3'), indexOf(FIRST, SECOND));
  expect((await stand.machine.post()).body).toContain('databases of new events: 1 copied');
  expect(stand.content('2026-camden-gala')).toEqual(seeded('Winter Gala', 'May 2, 2026'));
});

it('an index that is pushed to such a machine has its new events copied, and brings along what changed its path', async () => {
  const stand = await Stand.open(KAMAL_WITHOUT_STORE);
  const key = newKey();
  giveKeys(stand.machine, `${key}\n`);
  await push(stand.machine, pushOf({ key, index: indexOf(FIRST) }));
  await stand.hook();
  const { status, body } = await push(
    stand.machine,
    pushOf({ key, index: indexOf({ ...FIRST, key: 'renamed' }, SECOND) }),
  );
  expect([status, body]).toEqual([200, expect.stringContaining('1 copied, 1 brought along')]);
  expect(stand.content('2026-camden-gala')).toEqual(seeded('Winter Gala', 'May 2, 2026'));
});

it('a leftover under the new name does not hide that the store cannot give the database of the old name', async () => {
  const stand = await Stand.ready([
    { ...FIRST, studio: 'sydney' },
    { ...SECOND, studio: 'boston' },
  ]);
  const seedOf = (location: string) => {
    const db = openDatabase(readFileSync(stand.path('2026-boston-gala')));
    db.prepare('UPDATE events SET location = ?').run(location);
    const bytes = db.serialize();
    db.close();
    return bytes;
  };
  await stand.upload('2026-camden', seedOf('Of another'), T);
  await stand.upload('2026-sydney', seedOf('Its own'), new Date('2026-01-01T13:00:00Z'));
  const proxy = await startFaultProxy(stand.published.settings.endpoint);
  onTestFinished(() => proxy.close());
  proxy.plan(({ path }) => (path.includes('/db/2026-sydney') ? { kind: 'answer', status: 403 } : undefined));
  await stand.publish({ ...FIRST, studio: 'camden' }, { ...SECOND, studio: 'boston' });
  const { result } = await stand.machine.post('', { env: { AWS_ENDPOINT_URL_S3: proxy.endpoint } });
  expect([result.warningCount, stand.exists('2026-camden')]).toEqual([1, false]);
  expect((await stand.hook()).exitCode).toBe(0);
  expect(stand.content('2026-camden').events).toMatchObject([{ location: 'Its own' }]);
});

it('a fetched database is migrated before it is put in place, and uploaded in that form', async () => {
  const stand = await Stand.ready([FIRST]);
  const db = openDatabase(used(stand, 'Ballroom'));
  db.exec('DELETE FROM schema_migrations WHERE version = 20260101000000');
  await stand.upload('2026-camden-gala', db.serialize(), T);
  db.close();
  await stand.publish(FIRST, SECOND);
  const { stdout: body, result } = await stand.updateHere();
  expect([result.warningCount, body]).toEqual([0, expect.stringContaining('1 downloaded')]);
  expect(stand.content('2026-camden-gala')).toMatchObject({
    events: [{ location: 'Ballroom' }],
    migrations: ['20240101000000', '20260101000000'],
  });
  expect(stand.asked()).toEqual(['db:prepare 2026-camden-gala']);
  expect((await stand.hookHere()).stdout).toContain('2 unchanged');
  const idle = await stand.machine.run([], { executable: `${import.meta.dirname}/../../../scripts/idle` });
  expect([idle.exitCode, idle.stdout]).toEqual([0, expect.stringMatching(/2026-camden-gala.*uploaded,/)]);
});
