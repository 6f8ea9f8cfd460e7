import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { Failure } from '../../../src/failure.ts';
import { Steps } from '../../../src/report/steps.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { Deadline } from '../../../src/sync/deadline.ts';
import { payInventories } from '../../../src/sync/inventories.ts';
import { Ledger } from '../../../src/sync/ledger.ts';
import { remoteOf } from '../../../src/sync/remotes.ts';
import type { Run } from '../../../src/sync/sync-context.ts';
import { Tally } from '../../../src/sync/sync-tally.ts';
import type { Owed } from '../../../src/sync/upload-model.ts';
import { siteOf } from '../../support/machine/site.ts';

const T1 = new Date('2026-01-02T03:04:05Z');
const intent = (etag: string) => ({ etag, digest: 'd', time: T1, date: '2026-05-01' });
const owed = (name: string, inventory = 'iad', etag = '"e"'): Owed => ({
  name,
  inventory,
  etag,
  time: T1,
  date: null,
});

let stateDir: string;
let ledger: Ledger;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'ledger-'));
  ledger = Ledger.open(stateDir, { dryRun: false });
  onTestFinished(() => {
    ledger.close();
    rmSync(stateDir, { recursive: true });
  });
});

describe('the memory of uploads', () => {
  it('is each intent until its database is settled, with all that it says', () => {
    ledger.intend('a', intent('"1"'));
    ledger.intend('a', intent('"2"'));
    ledger.intend('b', { ...intent('"1"'), date: null });
    expect(ledger.intents('a')).toEqual([intent('"1"'), intent('"2"')]);
    ledger.forgetIntents('a');
    expect([ledger.intents('a'), ledger.intents('b').length]).toEqual([[], 1]);
  });

  it('is the last content that was found, and whether its files had come to rest', () => {
    expect(ledger.copy('a')).toBe(null);
    ledger.rememberCopy('a', { print: 'p', digest: 'd', isAtRest: true });
    ledger.rememberCopy('a', { print: 'q', digest: 'd', isAtRest: false });
    expect(ledger.copy('a')).toEqual({ print: 'q', digest: 'd', isAtRest: false });
  });

  it('is what an inventory does not say yet: of what was uploaded again the newer stays owed', () => {
    for (const name of ['b', 'a']) ledger.owe(owed(name));
    ledger.owe(owed('a', 'iad', '"newer"'));
    expect(ledger.owed()).toEqual([owed('a', 'iad', '"newer"'), owed('b')]);
    ledger.paid([owed('a'), owed('b')]);
    expect(ledger.owed()).toEqual([owed('a', 'iad', '"newer"')]);
  });

  it('is still known when it was closed, and to a dry run, which writes nothing', () => {
    ledger.owe(owed('a'));
    const copy = Ledger.open(stateDir, { dryRun: true });
    copy.owe(owed('b'));
    expect(copy.owed()).toHaveLength(2);
    copy.close();
    expect(ledger.owed()).toEqual([owed('a')]);
    const nowhere = join(stateDir, 'nowhere');
    const empty = Ledger.open(nowhere, { dryRun: true });
    expect([empty.owed(), existsSync(nowhere)]).toEqual([[], false]);
    empty.close();
  });

  it('is made again if it is damaged, or has a foreign trigger', () => {
    ledger.close();
    writeFileSync(join(stateDir, 'uploads.db'), 'no database '.repeat(99));
    ledger = Ledger.open(stateDir, { dryRun: false });
    expect(ledger.owed()).toEqual([]);
    ledger.close();
    const db = openDatabase(join(stateDir, 'uploads.db'));
    db.exec('CREATE TRIGGER t AFTER INSERT ON owed BEGIN DELETE FROM owed; END');
    db.close();
    ledger = Ledger.open(stateDir, { dryRun: false });
    ledger.owe(owed('a'));
    expect(ledger.owed()).toHaveLength(1);
    expect(readdirSync(stateDir).filter((name) => name.includes('.damaged-'))).toHaveLength(2);
  });
});

describe('the inventories', () => {
  it('of this region and of the index are written, one request each; others are other regions’ business', async () => {
    const steps = new Steps(() => {});
    const tally = new Tally(steps, () => {});
    const asked: string[] = [];
    const store = {
      get: async (key: string) => {
        asked.push(`GET ${key}`);
        if (key.includes('index')) throw new Failure('store-refused', 'no', { hint: 'h' });
        return { kind: 'missing' };
      },
      put: async (key: string, bytes: Buffer) => {
        asked.push(`PUT ${key} ${Object.keys(JSON.parse(bytes.toString())).join()}`);
        return { kind: 'stored', etag: '"i"' };
      },
    } as unknown as ObjectStore;
    const context = { site: siteOf('fly-iad'), openStore: async () => store, storeTimeoutMs: 1000 };
    const run = { context, deadline: new Deadline(null), ledger, steps, tally } as unknown as Run;
    for (const one of [owed('a'), owed('b'), owed('c', 'index'), owed('d', 'syd')]) ledger.owe(one);
    expect(await payInventories(run, ledger.owed())).toBe('iad');
    expect(asked).toEqual([
      'GET inventory/iad.json',
      'PUT inventory/iad.json a.sqlite3,b.sqlite3',
      'GET inventory/index.json',
    ]);
    expect(ledger.owed(), 'what could not be written stays owed').toEqual([owed('c', 'index')]);
    expect(tally.failures).toMatchObject([
      { step: 'inventory', name: 'inventory index', code: 'store-refused' },
    ]);
    expect(await payInventories(run, [])).toBe('nothing to write');
  });
});

describe('the store’s version of one database', () => {
  const asked: string[] = [];
  const store = {
    head: async (key: string) => {
      asked.push(key);
      return { kind: 'missing' };
    },
  } as unknown as ObjectStore;
  const tenant = { name: 'a', path: '/a', region: 'iad' };
  const seen = { etag: '"e"', time: T1, digest: 'd', at: T1 };
  const surveyed = { tenant, local: null, seen, suspect: true, failure: null };
  const listed = { etag: '"l"', size: 1, time: T1, exact: false };

  it('is what was seen last where nobody has listed it, and asked for where nothing is known', async () => {
    expect(await remoteOf(store, surveyed, seen, null)).toEqual({
      etag: '"e"',
      size: 0,
      time: T1,
      exact: true,
    });
    expect(await remoteOf(store, { ...surveyed, seen: null }, null, null)).toBe(null);
    expect(asked.splice(0)).toEqual(['db/a.sqlite3']);
  });

  it('is what was listed, unless another process has been at it since, or the listing does not name it', async () => {
    const remotes = new Map([['a', listed]]);
    expect(await remoteOf(store, surveyed, seen, remotes)).toBe(listed);
    expect(asked).toEqual([]);
    await remoteOf(store, surveyed, { ...seen, etag: '"other"' }, remotes);
    await remoteOf(store, surveyed, seen, new Map());
    await remoteOf(store, { ...surveyed, seen: null }, null, remotes);
    expect(asked.splice(0)).toHaveLength(3);
    const exact = { ...listed, exact: true };
    expect(await remoteOf(store, { ...surveyed, seen: null }, null, new Map([['a', exact]]))).toBe(exact);
  });
});

it('the last outcome of each database counts, and an unexpected error is logged', () => {
  const unexpected: unknown[] = [];
  const tally = new Tally(new Steps(() => {}), (error) => unexpected.push(error));
  tally.mark('a', 'unchanged');
  tally.mark('a', 'uploaded');
  const odd = new TypeError('odd');
  tally.failed('upload', 'b', odd);
  tally.failed('upload', 'c', new Failure('changed-elsewhere', 'm', { hint: 'h' }));
  tally.failed('inventory', 'inventory iad', new Failure('disk', 'm', { hint: 'h' }));
  expect(tally.counts()).toEqual({ uploaded: 1, 'changed elsewhere': 1, failed: 1 });
  expect([unexpected, tally.failures.length, tally.items.length]).toEqual([[odd], 3, 2]);
});
