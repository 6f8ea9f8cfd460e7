import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { tryLock } from '../../../src/database/lock.ts';
import { ensureStateDir } from '../../../src/database/state-dir.ts';
import { readMoves } from '../../../src/journal/event-moves.ts';
import { type Arrival, arrive } from '../../../src/tenants/arrive.ts';
import { NO_STORE } from '../../../src/tenants/ask-new.ts';
import { openSeen } from '../../../src/tenants/seen.ts';
import type { EventFacts } from '../../../src/tenants/tenant-model.ts';
import { tenantLockPath } from '../../../src/tenants/under-lock.ts';
import { versionImage } from '../../support/install/images.ts';
import { T1, TenantRoom } from '../../support/tenants/tenant-room.ts';

const [OLD, NEW] = ['2026-a', '2026-b'];
const FACTS = {} as EventFacts;

/** An event whose database is here under the name that it had before. */
function moved() {
  const room = new TenantRoom(null);
  room.write(OLD, versionImage(1), T1);
  const stateDir = ensureStateDir(room.dbDir);
  const seen = openSeen(stateDir);
  onTestFinished(() => seen.close());
  const like = { mode: 0o640, uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  const arrival: Arrival = {
    ...{ making: null, seen, like, dbDir: room.dbDir, stateDir, maxDatabaseBytes: 2 ** 24 },
    ...{ answers: NO_STORE, before: OLD, patienceMs: () => 1 },
  };
  return { room, stateDir, arrival, tenant: { name: NEW, path: room.path(NEW), region: null } };
}

it('a database is not copied to its new name while another process is at work on it', async () => {
  const { room, stateDir, arrival, tenant } = moved();
  const lock = tryLock(tenantLockPath(stateDir, OLD));
  await expect(arrive(arrival, tenant, FACTS)).rejects.toMatchObject({ code: 'lock-timeout' });
  expect(room.files()).toEqual([`${OLD}.sqlite3`]);
  lock?.release();
  expect(await arrive(arrival, tenant, FACTS)).toBe('brought along');
  expect(room.modified(NEW)).toEqual(T1);
});

it('a link that an operator has put in the place of a new event’s database stays, whatever it leads to', async () => {
  const { room, stateDir, arrival, tenant } = moved();
  writeFileSync(`${room.home}/elsewhere`, '');
  symlinkSync(`${room.home}/elsewhere`, tenant.path);
  expect(await arrive(arrival, tenant, FACTS)).toBe('there already');
  expect(readFileSync(`${room.home}/elsewhere`)).toHaveLength(0);
  expect(readMoves(stateDir), 'and so does the database under its old name').toEqual(new Map());
});
