/** As for an update: what a power cut would leave of a database is what was flushed, in the order in which it was. */
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../../../src/database/sqlite.ts';
import { Ledger } from '../../../../src/sync/ledger.ts';
import { versionImage } from '../../../support/install/images.ts';
import { READY } from '../../../support/ready/ready.ts';
import { eventIndex, Region, SCRIPTS } from '../../../support/sync/events.ts';
import { EventStore } from '../../../support/sync/store.ts';
import {
  allFlushed,
  type Flush,
  flushed,
  judgeFlushes,
  placed,
  written,
} from '../../../support/system/flushes.ts';
import { recordCalls } from '../../../support/system/strace.ts';

const LONG_AGO = new Date('2026-01-02T03:04:05Z');

let store: EventStore;
let iad: Region;
beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env, eventIndex({ iad: ['newton'] }));
  for (const name of ['2026-boston', '2026-newton']) iad.write(name, 'first', LONG_AGO);
  expect((await iad.script('idle')).exitCode).toBe(0);
});
afterEach(async () => {
  iad.remove();
  await store.close();
});

const END = /^exit_group\(/;
const fetched = (name: string) => `/\\.${name}\\.sqlite3\\.[0-9a-f]{16}\\.fetched`;
const live = (name: string) => `/${name}\\.sqlite3`;

it('a database that is downloaded is flushed in its order, and what it replaces is kept before', async () => {
  const newer = '2026-06-01 03:04:05 UTC';
  for (const name of ['2026-boston', '2026-newton'])
    await store.put(`db/${name}.sqlite3`, versionImage(1), newer);
  iad.write('2026-boston', 'changed here', new Date('2026-01-03T03:04:05Z'));
  rmSync(iad.tenant('2026-newton'));
  writeFileSync(`${iad.tenant('2026-newton')}-wal`, 'left by the one that is gone');
  // Open to the end, as the application has it.
  const open = openDatabase(iad.tenant('2026-boston'));
  const calls = await recordCalls(iad, { executable: READY, args: ['--only', 'tenants'] }, ['link']);
  open.close();
  const aside = `${live('2026-boston')}\\.changed-elsewhere-[^"]*`;
  const flushes: Flush[] = [
    [
      'the new one is whole before it stands there',
      written(fetched('2026-newton')),
      flushed(fetched('2026-newton')),
      placed(live('2026-newton')),
    ],
    [
      'a log that would be replayed into it is gone before',
      /^unlink\(.*\/2026-newton\.sqlite3-wal"/,
      flushed('/db'),
      placed(live('2026-newton')),
    ],
    ['it stands there before the hook ends', placed(live('2026-newton')), flushed('/db'), END],
    [
      'the copy of what was changed here is whole before it has its name',
      written(fetched('2026-boston')),
      flushed(fetched('2026-boston')),
      placed(aside),
    ],
    [
      'the copy has its name before that is written over',
      placed(aside),
      flushed('/db'),
      written(live('2026-boston')),
    ],
    [
      'that it will be written over is remembered before it is',
      written('/tenants\\.db'),
      flushed('/tenants\\.db'),
      written(live('2026-boston')),
    ],
    [
      'what is written over it is on the disk before the hook ends',
      written(live('2026-boston')),
      flushed(live('2026-boston')),
      END,
    ],
  ];
  expect(judgeFlushes(calls, flushes)).toEqual(allFlushed(flushes));
});

it('what is about to be uploaded is remembered before the first byte leaves', async () => {
  iad.write('2026-boston', 'second');
  const past = new Date(Date.now() - 60_000);
  utimesSync(iad.tenant('2026-boston'), past, past);
  const calls = await recordCalls(iad, { executable: SCRIPTS.idle, args: [] });
  const toStore = /^connect\(.*sa_family=AF_INET/;
  const flushes: Flush[] = [
    ['the intent is on the disk', written('/uploads\\.db'), flushed('/uploads\\.db'), toStore],
  ];
  expect(judgeFlushes(calls, flushes)).toEqual(allFlushed(flushes));
  const ledger = Ledger.open(join(iad.dbDir, '.update_config'), { dryRun: true });
  expect(ledger.intents('2026-boston'), 'and forgotten when its end is known').toEqual([]);
  ledger.close();
  expect(store.requests().filter((one) => one === 'PUT db/2026-boston.sqlite3')).toHaveLength(2);
});
