import { expect, it } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { makeImage } from '../../../src/tenants/made.ts';
import { NOTHING } from '../../support/indexes/invented-index.ts';
import { failureOf } from '../../support/suite/failure.ts';
import { applied } from '../../support/tenants/applied.ts';
import { TenantRoom } from '../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';
const VERSIONS = ['20240101000000', '20250101000000'];

/** Has a database made by a command that applies some migrations; leaves files beside it, too. */
async function make(room: TenantRoom, versions: readonly string[]) {
  room.migrations(...VERSIONS);
  room.program(
    'bin/rails',
    `path=\${DATABASE_URL#sqlite3://}
${applied(...versions)}
for suffix in wal shm journal; do : >"$path-$suffix"; done`,
  );
  room.env = { ...room.env, READY_SEED_COMMAND: 'off' };
  const context = { ...room.context(() => {}, NOTHING), migrations: VERSIONS };
  return await makeImage(context, { name: NAME, path: room.path(NAME) });
}

it('a database that is made has all migrations, and nothing is left of its files', async () => {
  const room = new TenantRoom(null);
  const { bytes } = await make(room, VERSIONS);
  const db = openImage(bytes);
  expect(db.prepare('SELECT count(*) FROM schema_migrations').pluck().get()).toBe(2);
  db.close();
  expect(room.files()).toEqual([]);
});

it('a database that lacks one migration is refused, and nothing is left of its files', async () => {
  const room = new TenantRoom(null);
  const { code, message } = await failureOf(() => make(room, VERSIONS.slice(1)));
  expect([code, message]).toEqual([
    'command-failed',
    expect.stringMatching(/ended well, but left 1 of the migrations pending$/),
  ]);
  expect(room.files()).toEqual([]);
});
