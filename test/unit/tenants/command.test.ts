import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { createStore } from '../../../src/store/store.ts';
import { databaseUrl } from '../../../src/tenants/migrations.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { untilThere } from '../../support/suite/until-there.ts';
import { applied } from '../../support/tenants/applied.ts';
import { openStoreRoom } from '../../support/tenants/store-room.ts';
import { T1, T2, T3, TenantRoom } from '../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';
const VERSIONS = ['20240101000000', '20250101000000', '20260101000000'];

/** A database with these migrations applied. */
function migrated(...versions: string[]): Buffer {
  const rows = versions.map((version) => `INSERT INTO schema_migrations VALUES ('${version}')`);
  return altered(
    openEmpty(),
    'CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY)',
    ...rows,
  );
}

function openEmpty(): Buffer {
  const db = openDatabase(':memory:');
  try {
    return db.exec('CREATE TABLE events (id INTEGER)').serialize();
  } finally {
    db.close();
  }
}

/** Applies all migrations, as `bin/rails db:prepare` would, and writes a line about it. */
const APPLY = `
path=\${DATABASE_URL#sqlite3://}
echo "$DATABASE_URL $RAILS_ENV $RAILS_APP_DB $RAILS_DB_VOLUME $PWD $*" >> runs
exec ${applied(...VERSIONS)}`;

function makeRoom(options: { store: TenantRoom['store']; script?: string }): TenantRoom {
  const room = new TenantRoom(options.store);
  room.env = {
    ...room.env,
    // Seeds, and the prepared database, are told of in made.test.ts.
    READY_SEED_COMMAND: 'off',
  };
  room.migrations(...VERSIONS);
  room.program('bin/rails', options.script ?? APPLY);
  return room;
}

/** Those for tenants: the prepared database for new events is made by a run of its own. */
const runsOf = ({ appRoot }: TenantRoom): string[] => {
  const path = join(appRoot, 'runs');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  return lines.filter((line) => !line.includes(' template '));
};

describe('the prepare command', () => {
  it('runs in the app root for a database with pending migrations, and for no other', async () => {
    const room = makeRoom({ store: null });
    room.write('2026-a', migrated(...VERSIONS), T1);
    room.write('2026-b', migrated('20240101000000'), T1);
    room.write('2026-c', migrated(...VERSIONS, '20270101000000'), T1);
    const ran = await room.run(['2026-a', '2026-b', '2026-c']);
    expect(ran.counts).toEqual({ downloaded: 0, prepared: 1, unchanged: 2, failed: 0 });
    expect(ran.items).toEqual(['2026-b changed: prepared: 2 migrations applied']);
    expect(runsOf(room)).toEqual([
      `sqlite3://${room.path('2026-b')} production 2026-b ${room.dbDir} ${room.appRoot} db:prepare`,
    ]);
    expect((await room.run(['2026-a', '2026-b', '2026-c'])).counts).toMatchObject({
      prepared: 0,
      unchanged: 3,
    });
  });

  it('makes a database that does not exist, and one that is empty or has no schema_migrations', async () => {
    const room = makeRoom({ store: null });
    room.write('2026-empty', Buffer.alloc(0), T1);
    room.write('2026-bare', openEmpty(), T1);
    const ran = await room.run(['2026-none', '2026-empty', '2026-bare']);
    expect(ran.counts).toEqual({ downloaded: 0, prepared: 3, unchanged: 0, failed: 0 });
    // The others are copies of the prepared one.
    expect(runsOf(room)).toEqual([expect.stringContaining('/2026-bare.sqlite3 ')]);
  });

  it('brings a database that was just downloaded up to date', async () => {
    const stored = await openStoreRoom();
    const room = makeRoom({ store: stored.store });
    await stored.upload(NAME, migrated('20240101000000'), T2);
    const ran = await room.run([NAME]);
    expect(ran.items).toEqual([
      expect.stringMatching(/^2026-boston changed: downloaded .*, prepared: 2 migrations applied$/),
    ]);
    expect(ran.counts).toEqual({ downloaded: 1, prepared: 1, unchanged: 0, failed: 0 });
  });

  it('can be set, and RAILS_ENV is kept', async () => {
    const room = makeRoom({ store: null });
    room.program('tools/prepare', APPLY);
    room.env['READY_PREPARE_COMMAND'] = 'tools/prepare --all now';
    room.env['RAILS_ENV'] = 'staging';
    room.write(NAME, openEmpty(), T1);
    await room.run([NAME]);
    expect(runsOf(room)[0]).toMatch(/ staging .* --all now$/);
  });

  it('does not run for an application without db/migrate, nor for one without migrations', async () => {
    const room = new TenantRoom(null);
    room.program('bin/rails', 'touch ran; exit 1');
    room.write(NAME, openEmpty(), T1);
    expect((await room.run([NAME])).counts).toMatchObject({ unchanged: 1, failed: 0 });
    room.migrations();
    expect((await room.run([NAME])).counts).toMatchObject({ unchanged: 1, failed: 0 });
    expect(existsSync(join(room.appRoot, 'ran'))).toBe(false);
  });

  it.each<[string, string, RegExp]>([
    ['fails', 'echo trouble at hand >&2; exit 3', /ended with exit code 3; its last words: trouble at hand$/],
    ['kills itself', 'kill -9 $$', /was ended by SIGKILL$/],
    ['does nothing', 'exit 0', /ended well, but left 2 migrations pending$/],
    ['writes a lot', 'head -c 50000000 /dev/zero | tr "\\0" x; exit 1', /last words: x+/],
    [
      'writes control characters',
      'printf "a\\033[2J\\nb\\r\\nFORGED\\033[1m"; exit 1',
      /b\\u\{d\}|last words: FORGED\\u\{1b\}/,
    ],
  ])('that %s is a failure of that tenant, and the rest goes on', async (_title, script, message) => {
    const room = makeRoom({
      store: null,
      script: `case $RAILS_APP_DB in *boston) ${script};; esac\n${APPLY}`,
    });
    for (const name of ['2026-a', NAME, '2026-c']) room.write(name, migrated('20240101000000'), T1);
    const ran = await room.run(['2026-a', NAME, '2026-c']);
    expect(ran.counts).toMatchObject({ prepared: 2, failed: 1 });
    expect(ran.failures).toMatchObject([
      { name: NAME, code: 'command-failed', message: expect.stringMatching(message) },
    ]);
    expect(ran.failures[0]?.message.length).toBeLessThan(2500);
    expect(room.unexpected).toEqual([]);
  });

  it('that hangs is ended when its time is up, with a failure', async () => {
    const room = makeRoom({
      store: null,
      script: `case $RAILS_APP_DB in *boston) echo waiting; touch hanging; exec sleep 600;; esac\n${APPLY}`,
    });
    room.write(NAME, migrated('20240101000000'), T1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const ran = room.run([NAME]);
    await untilThere(join(room.appRoot, 'hanging'));
    vi.advanceTimersByTime(120_000);
    expect((await ran).failures).toMatchObject([
      {
        name: NAME,
        code: 'command-failed',
        message: expect.stringMatching(
          /was ended after 120 s \(READY_PREPARE_TIMEOUT\); its last words: waiting$/,
        ),
      },
    ]);
  });

  it('that cannot be started is a failure', async () => {
    const room = makeRoom({ store: null });
    room.env['READY_PREPARE_COMMAND'] = 'bin/nothing';
    expect((await room.run([NAME])).failures).toMatchObject([
      { code: 'command-failed', message: 'bin/nothing cannot be started: bin/nothing is not a program' },
    ]);
  });

  it('never runs more often at once than allowed', async () => {
    // Each run enters a directory of its own among those at work, and counts them.
    const script = `mkdir -p at; mkdir at/$RAILS_APP_DB; ls at | wc -l >> counts; ${APPLY.replace('exec ', '')}; rmdir at/$RAILS_APP_DB`;
    const room = makeRoom({ store: null, script });
    const names = Array.from({ length: 7 }, (_, at) => `2026-s${at}`);
    for (const name of names) room.write(name, openEmpty(), T1);
    expect((await room.run(names)).counts).toMatchObject({ prepared: 7, failed: 0 });
    const counts = readFileSync(join(room.appRoot, 'counts'), 'utf8').trim().split('\n').map(Number);
    expect(counts).toHaveLength(8);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
  });
});

describe('without an answer of the store', () => {
  it('no database is made that the store may have, but those that are here are prepared', async () => {
    const stored = await openStoreRoom();
    const room = makeRoom({ store: stored.store });
    room.write('2026-here', migrated('20240101000000'), T3);
    room.store = createStore({ ...stored.settings, endpoint: 'http://127.0.0.1:1' });
    // What a killed run has left has this one looked at with its lock held.
    writeFileSync(join(room.dbDir, '.2026-left.sqlite3.0123456789abcdef.fetched'), 'half');
    const ran = await room.run(['2026-here', '2026-left', '2026-none']);
    expect(ran.counts).toEqual({
      downloaded: 0,
      prepared: 1,
      unchanged: 0,
      'not known to be in the store': 2,
      failed: 1,
    });
    // The cause is told once, and not again for each.
    expect(ran.failures).toMatchObject([{ name: 'the store', code: 'store-unreachable' }]);
    expect(room.files()).toEqual(['2026-here.sqlite3']);
  });

  it('no database is prepared if the store has a newer one', async () => {
    const stored = await openStoreRoom();
    const room = makeRoom({ store: stored.store });
    await stored.upload(NAME, migrated(), T2);
    room.write(NAME, migrated(), T1);
    stored.proxy.plan(({ method, path }) =>
      method === 'GET' && path.includes('/db/') ? { kind: 'answer', status: 403 } : undefined,
    );
    expect((await room.run([NAME])).failures).toMatchObject([{ name: NAME, code: 'store-refused' }]);
    expect(runsOf(room)).toEqual([]);
    expect(room.modified(NAME)).toEqual(T1);
  });
});

describe('the database URL', () => {
  it('is the plain path, with characters encoded that a URL cannot have', () => {
    expect(databaseUrl("/data/db/2025-o'fallon-rock+swing.sqlite3")).toBe(
      "sqlite3:///data/db/2025-o'fallon-rock+swing.sqlite3",
    );
    expect(databaseUrl('/data/a b?c#d%e/2025-münchen.sqlite3')).toBe(
      'sqlite3:///data/a%20b%3Fc%23d%25e/2025-m%C3%BCnchen.sqlite3',
    );
  });
});
