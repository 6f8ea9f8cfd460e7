import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { Steps } from '../../../src/report/steps.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { Deadline } from '../../../src/sync/deadline.ts';
import { Ledger } from '../../../src/sync/ledger.ts';
import type { Surveyed } from '../../../src/sync/survey.ts';
import type { Run } from '../../../src/sync/sync-context.ts';
import { Tally } from '../../../src/sync/sync-tally.ts';
import { uploadAll } from '../../../src/sync/uploads.ts';
import { openSeen, type SeenDatabases } from '../../../src/tenants/seen.ts';
import { siteOf } from '../../support/machine/site.ts';

let home: string;
let seen: SeenDatabases;
let ledger: Ledger;
let tally: Tally;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'uploads-'));
  seen = openSeen(home);
  ledger = Ledger.open(home, { dryRun: false });
  onTestFinished(() => {
    seen.close();
    ledger.close();
    rmSync(home, { recursive: true });
  });
});

/** A database here, of which a look has found that it may have been changed. */
function surveyed(name: string, modified: string): Surveyed {
  const path = join(home, `${name}.sqlite3`);
  const db = openDatabase(path);
  db.exec(`CREATE TABLE t (x); INSERT INTO t VALUES ('${name}')`);
  db.close();
  const local = { size: 8192, empty: false, modified: new Date(modified), linked: false };
  return { tenant: { name, path, region: 'iad' }, local, seen: null, suspect: true, failure: null };
}

async function upload(all: readonly Surveyed[], store: Partial<ObjectStore>): Promise<void> {
  const steps = new Steps(() => {});
  tally = new Tally(steps, () => {});
  for (const { tenant } of all) tally.pending.add(tenant.name);
  const context = { site: siteOf('fly-iad'), openStore: async () => store, storeTimeoutMs: 1000 };
  const request = { dryRun: false, downloads: 'none' };
  const deadline = new Deadline(null);
  const places = { stateDir: home, workDir: join(home, 'copies') };
  const run = { context, request, deadline, tally, steps, seen, ledger, ...places } as unknown as Run;
  await uploadAll(run, all, null);
}

it('a database that another process has uploaded since the look replaces what that one has sent', async () => {
  const one = surveyed('2026-boston', '2026-01-02T03:04:05Z');
  seen.record('2026-boston', { etag: '"old"', time: new Date('2026-01-01'), digest: 'd' });
  const look = { ...one, seen: seen.get('2026-boston') };
  seen.record('2026-boston', { etag: '"sent"', time: new Date('2026-01-02'), digest: 'e' });
  const replaced: string[] = [];
  await upload([look], {
    put: async (_key, _bytes, { condition }) => {
      replaced.push(condition.replaces);
      return { kind: 'stored', etag: '"newest"' };
    },
  });
  expect([replaced, tally.failures]).toEqual([['"sent"'], []]);
});
