import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import { Failure } from '../../../src/failure.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { Ledger } from '../../../src/sync/ledger.ts';
import { fingerprint } from '../../../src/sync/survey.ts';
import { readHere, type UploadContext, uploadTenant } from '../../../src/sync/upload.ts';
import { openSeen, type SeenDatabases } from '../../../src/tenants/seen.ts';
import { failureOf } from '../../support/suite/failure.ts';

const NAME = '2026-boston';

let path: string;
let application: Database;
let ledger: Ledger;
let seen: SeenDatabases;
let context: Omit<UploadContext, 'store'>;
beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), 'upload-'));
  path = join(home, `${NAME}.sqlite3`);
  application = openDatabase(path, { busyTimeoutMs: 0 });
  application.exec("CREATE TABLE events (date TEXT); INSERT INTO events VALUES ('2026-05-01')");
  ledger = Ledger.open(home, { dryRun: false });
  seen = openSeen(home);
  context = { seen, ledger, workDir: join(home, 'copies'), dryRun: false, patienceMs: 60_000 };
  onTestFinished(() => {
    application.close();
    ledger.close();
    seen.close();
    rmSync(home, { recursive: true });
  });
});
const tenant = () => ({ name: NAME, path, region: 'iad' });

describe('a database that is uploaded', () => {
  it('is known by how its files were before it was read, so that a write since then shows', async () => {
    const before = fingerprint(path, Date.now());
    const { workDir, ...rest } = context;
    const late = {
      ...rest,
      get workDir() {
        application.exec("UPDATE events SET date = '2026-06-01'");
        return workDir;
      },
    };
    expect((await readHere(late, tenant()))?.image.date).toBe('2026-06-01');
    expect(ledger.copy(NAME)?.print).toBe(before.print);
    expect(fingerprint(path, Date.now()).print).not.toBe(before.print);
  });

  it('is still known as sent by this machine where what the store has now cannot be written down', async () => {
    const sent: string[] = [];
    const store = {
      put: async (key: string) => {
        sent.push(`${key}, ${ledger.intents(NAME).length} intended`);
        return { kind: 'stored', etag: '"e"' };
      },
    } as unknown as ObjectStore;
    const full = Object.assign(Object.create(seen) as SeenDatabases, {
      get: () => null,
      record: () => {
        throw new Failure('disk', 'no room', { hint: 'h' });
      },
    });
    const failure = await failureOf(() => uploadTenant({ ...context, store, seen: full }, tenant(), null));
    expect([failure.message, sent]).toEqual(['no room', [`db/${NAME}.sqlite3, 1 intended`]]);
    expect([ledger.intents(NAME).length, ledger.owed().length]).toEqual([1, 1]);
  });
});
