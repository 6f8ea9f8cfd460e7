import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { inFleetJournal } from '../../../src/journal/fleet.ts';
import { readDateMemory, readFleetHistory, readPublishMemory } from '../../../src/journal/fleet-history.ts';
import { readHistory } from '../../../src/journal/history.ts';
import type { FleetRunEnd } from '../../../src/journal/journal-model.ts';
import { makeDbDir, withJournal } from '../../support/journal/db-dir.ts';

const END: FleetRunEnd = {
  durationMs: 1234.5,
  outcome: 'failed',
  published: 'published',
  etag: '"1"',
  updated: 7,
  failed: ['m1'],
  skipped: 2,
  errorCode: 'machine-failed',
};
const run = (name: string) => ({ run: name, who: 'ada@office', target: 'fly' });
const versionOf = (dbDir: string) => {
  const db = openDatabase(join(dbDir, '.update_config', 'journal.db'));
  const version = db.pragma('user_version', { simple: true });
  db.close();
  return version;
};

describe('the journal of the fleet', () => {
  it('is added to the journal by the first run over the fleet, and only on that host', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, (journal) =>
      journal.begin({ run: 'r1', trigger: 'cgi', kind: 'plain', appRoot: '/rails' }),
    );
    expect(versionOf(dbDir)).toBe(1);
    expect(await readFleetHistory(dbDir, 9)).toEqual([]);
    expect(await readPublishMemory(dbDir, 's', 100)).toEqual({
      memory: { last: null, intended: [] },
      installed: null,
    });
    await inFleetJournal({ dbDir, timeoutMs: 1000 }, (journal) => journal.begin(run('f1')));
    expect(versionOf(dbDir)).toBe(2);
    expect(await readHistory(dbDir, 9)).toMatchObject([{ run: 'r1', outcome: 'interrupted' }]);
    await withJournal(dbDir, (journal) => expect(journal.history(9)).toHaveLength(1));
    await inFleetJournal({ dbDir, timeoutMs: 1000 }, (journal) => journal.finish('f1', END));
    expect(await readFleetHistory(dbDir, 9)).toMatchObject([{ ...run('f1'), ...END }]);
  });

  it('has no runs if there is no journal, and makes none', async () => {
    const dbDir = makeDbDir();
    expect(await readFleetHistory(dbDir, 9)).toEqual([]);
    expect(await readPublishMemory(dbDir, 's', 100)).toMatchObject({ installed: null });
  });

  it('remembers the event databases that were read, and ignores entries of other programs', async () => {
    const dbDir = makeDbDir();
    const memory = { basis: 'd1', stamps: { '2026-boston': '1:2:3 -' } };
    await inFleetJournal({ dbDir, timeoutMs: 1000 }, (journal) => journal.rememberDates(memory));
    expect(await readDateMemory(dbDir, 100)).toEqual({ memory, foreign: null });
    for (const text of ['no JSON', '[]', '{"basis":1,"stamps":{"2026-boston":{}}}', '{"stamps":["x"]}']) {
      const db = openDatabase(join(dbDir, '.update_config', 'journal.db'));
      db.prepare("UPDATE meta SET value = ? WHERE key = 'event_dates'").run(text);
      db.close();
      expect((await readDateMemory(dbDir, 100)).memory).toEqual({ basis: null, stamps: {} });
    }
  });

  it('keeps the last 500 runs, newest first', async () => {
    const dbDir = makeDbDir();
    await inFleetJournal({ dbDir, timeoutMs: 1000 }, (journal) => {
      for (let nth = 1; nth <= 510; nth++) journal.begin(run(`f${nth}`));
    });
    const rows = await readFleetHistory(dbDir, 1000);
    expect(rows).toHaveLength(500);
    expect(rows[0]).toMatchObject({ run: 'f510', outcome: 'running', durationMs: null });
  });

  it('distinguishes a run whose process is gone from a running one', async () => {
    const dbDir = makeDbDir();
    await inFleetJournal({ dbDir, timeoutMs: 1000 }, (journal) => journal.begin(run('f1')));
    const db = openDatabase(join(dbDir, '.update_config', 'journal.db'));
    // Above what Linux ever gives a process.
    db.prepare('UPDATE fleet_runs SET pid = ?').run(2 ** 22 + 1);
    expect((await readFleetHistory(dbDir, 1))[0]?.outcome).toBe('interrupted');
    const foreign = Object.assign(new Error('not yours'), { code: 'EPERM' });
    const signal = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw foreign;
    });
    const [row] = await readFleetHistory(dbDir, 1);
    signal.mockRestore();
    expect(row?.outcome, 'of a process of somebody else').toBe('running');
    db.prepare("UPDATE fleet_runs SET pid = 1, boot_id = 'another boot'").run();
    db.close();
    expect((await readFleetHistory(dbDir, 1))[0]?.outcome).toBe('interrupted');
  });

  it('remembers publications for each store separately, all of one call or none', async () => {
    const dbDir = makeDbDir();
    const last = { etag: '"1"', digest: 'd', time: new Date('2026-01-02T03:04:05.000Z'), inventoried: false };
    await inFleetJournal({ dbDir, timeoutMs: 1000 }, (journal) => {
      journal.remember('a', { last, intended: ['x'] });
    });
    await expect(
      inFleetJournal({ dbDir, timeoutMs: 1000 }, (journal) => {
        journal.remember('a', { last: null, intended: [] });
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect((await readPublishMemory(dbDir, 'a', 1000)).memory).toEqual({ last, intended: ['x'] });
    expect((await readPublishMemory(dbDir, 'b', 1000)).memory).toEqual({ last: null, intended: [] });
  });

  it('keeps the time of a publication as text, and forgets one whose text is not a time', async () => {
    const dbDir = makeDbDir();
    const last = { etag: '"1"', digest: 'd', time: new Date('2026-01-02T03:04:05.000Z'), inventoried: false };
    await inFleetJournal({ dbDir, timeoutMs: 1000 }, (journal) => {
      journal.remember('a', { last, intended: ['x'] });
    });
    const db = openDatabase(join(dbDir, '.update_config', 'journal.db'));
    const text = db.prepare("SELECT value FROM meta WHERE value LIKE '%inventoried%'").pluck().get();
    expect(text).toBe(
      '{"last":{"etag":"\\"1\\"","digest":"d","time":"2026-01-02T03:04:05.000Z","inventoried":false},"intended":["x"]}',
    );
    db.exec(
      "UPDATE meta SET value = replace(value, '2026-01-02T', 'long ago') WHERE value LIKE '%inventoried%'",
    );
    db.close();
    expect((await readPublishMemory(dbDir, 'a', 1000)).memory).toEqual({ last: null, intended: ['x'] });
  });
});
