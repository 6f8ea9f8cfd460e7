import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { ensureStateDir } from '../../../src/database/state-dir.ts';
import { codeOf } from '../../../src/files/disk.ts';
import { inFleetJournal } from '../../../src/journal/fleet.ts';
import { readDateMemory, readPublishMemory } from '../../../src/journal/fleet-history.ts';
import { readHistory, readJournal } from '../../../src/journal/history.ts';
import { journalPath, lockJournal } from '../../../src/journal/journal-lock.ts';
import type { InstalledState } from '../../../src/journal/journal-model.ts';
import { installedAs, NOTHING, readRemembered } from '../../../src/journal/remembered.ts';
import { makeDbDir, withJournal } from '../../support/journal/db-dir.ts';
import { resultOf, run } from '../../support/journal/results.ts';

const RUN = { trigger: 'cgi', kind: 'plain', appRoot: '/rails' } as const;
const NOON = Date.parse('2026-01-02T12:00:00Z');

const state = (digest: string, more: Partial<InstalledState> = {}): InstalledState => ({
  etag: `"${digest}"`,
  sha256: 'a'.repeat(64),
  digest,
  size: 1,
  time: new Date('2026-01-02T03:04:05.000Z'),
  source: 'store',
  held: false,
  ...more,
});

/** The wall clock, which goes only when it is told to. */
function holdClock(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  onTestFinished(() => void vi.useRealTimers());
  return (ms) => void vi.setSystemTime(ms);
}

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('the mark of the highest clock', () => {
  it('is raised when a run ends, too: the load that follows it is later than its beginning', async () => {
    const setClock = holdClock();
    await withJournal(makeDbDir(), (journal) => {
      journal.begin({ run: 'a', ...RUN });
      expect(journal.clockMark()).toBe(NOON);
      setClock(NOON + 10_000);
      journal.finish('a', resultOf('a'));
      expect(journal.clockMark()).toBe(NOON + 10_000);
      setClock(NOON - 3_600_000);
      run(journal, 'b');
      expect(journal.clockMark()).toBe(NOON + 10_000);
    });
  });

  it('is lowered to the clock as it is now, and never raised by that', async () => {
    holdClock();
    await withJournal(makeDbDir(), (journal) => {
      run(journal, 'a');
      journal.lowerClockMark(NOON + 1);
      expect(journal.clockMark()).toBe(NOON);
      journal.lowerClockMark(NOON - 5000);
      expect(journal.clockMark()).toBe(NOON - 5000);
    });
  });
});

describe('the journal that is held', () => {
  it('is flushed with each change, and to nobody else until it is let go', async () => {
    const dbDir = makeDbDir();
    const path = journalPath(ensureStateDir(dbDir));
    const { db, notes } = await lockJournal(path, { timeoutMs: 10_000 });
    expect(notes).toEqual([]);
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('locking_mode', { simple: true })).toBe('exclusive');
    await expect(readHistory(dbDir, 1, 0)).rejects.toMatchObject({ code: 'lock-timeout' });
    await expect(lockJournal(join(path), { timeoutMs: 0 })).rejects.toMatchObject({ code: 'lock-timeout' });
    db.close();
    expect(await readHistory(dbDir, 1, 0)).toEqual([]);
  });

  it('has what waits for the next change together with that, in the order in which it came', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, (journal) => {
      journal.begin({ run: 'a', ...RUN }, 'with-next');
      expect(journal.history(9)).toEqual([]);
      journal.setPendingReload('a');
      expect(journal.history(9)).toMatchObject([{ run: 'a', outcome: 'running' }]);
      expect(journal.pendingRun()).toEqual({ run: 'a', kind: 'plain' });
      journal.clearPendingReload(state('d'), 'with-next');
      expect(journal.pendingReload()).toBe(true);
      journal.finish('a', resultOf('a', { outcome: 'updated' }));
      expect([journal.pendingReload(), journal.installed()?.digest]).toEqual([false, 'd']);
      journal.setPendingReload('a');
      journal.finish('a', resultOf('a'));
      expect(journal.pendingReload(), 'what was written down once is not again').toBe(true);
    });
  });

  it('has what waits for the next change with the one after that, if that fails', async () => {
    await withJournal(makeDbDir(), (journal) => {
      journal.begin({ run: 'a', ...RUN }, 'with-next');
      const unfit = { toJSON: () => expect.fail('no text of it') };
      expect(() => journal.setInstalled({ ...state('d'), ...unfit })).toThrow('no text of it');
      expect(journal.history(9)).toEqual([]);
      journal.finish('a', resultOf('a'));
      expect(journal.history(9)).toMatchObject([{ run: 'a', outcome: 'unchanged' }]);
    });
  });

  it('lets nobody write to it while others read: what they read together is of one moment', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, (journal) => run(journal, 'a'));
    const writer = openDatabase(journalPath(ensureStateDir(dbDir)), { busyTimeoutMs: 0 });
    const write = () => writer.exec('DELETE FROM runs');
    const [refused] = await readJournal(dbDir, 0, () => [codeOf(attempt(write))]);
    expect(refused).toBe('SQLITE_BUSY');
    write();
    writer.close();
  });

  it('says how long a run took, by a clock that nobody can set, and nothing of a run that it has not begun', async () => {
    const setClock = holdClock();
    const dbDir = makeDbDir();
    await withJournal(dbDir, (journal) => {
      journal.begin({ run: 'a', ...RUN });
      setClock(NOON - 3_600_000);
      journal.finish('a', resultOf('a'));
      const [row] = journal.history(1);
      expect(row?.durationMs).toBeGreaterThan(0);
      expect(row?.durationMs).toBeLessThan(60_000);
    });
    await withJournal(dbDir, (journal) => {
      journal.finish('a', resultOf('a'));
      expect(journal.history(1)).toMatchObject([{ run: 'a', durationMs: null }]);
    });
  });
});

describe('the index that a killed run was about to install', () => {
  it('is remembered once it stands there, and only then', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, async (journal) => {
      journal.setInstalled(state('old'));
      journal.setPendingReload('a', state('new'));
      journal.adoptIntended('other');
      journal.adoptIntended(null);
      expect(journal.installed()?.digest).toBe('old');
      journal.adoptIntended('new');
      expect(journal.installed()?.digest).toBe('new');
    });
    const remembered = await readRemembered(dbDir, 0);
    expect(remembered).toMatchObject({ pendingReload: true, intended: { digest: 'new' } });
    const both = { ...NOTHING, installed: state('old'), intended: state('new') };
    expect(['new', 'old', null].map((digest) => installedAs(both, digest)?.digest)).toEqual([
      'new',
      'old',
      'old',
    ]);
  });

  it('is forgotten with the reload that is owed', async () => {
    await withJournal(makeDbDir(), (journal) => {
      journal.setPendingReload('a', state('new'));
      journal.clearPendingReload();
      journal.adoptIntended('new');
      expect([journal.installed(), journal.pendingReload(), journal.pendingRun()]).toEqual([
        null,
        false,
        null,
      ]);
    });
  });
});

it('what is installed is remembered also if no reload was owed', async () => {
  await withJournal(makeDbDir(), (journal) => {
    journal.clearPendingReload(state('new'));
    expect(journal.installed()?.digest).toBe('new');
  });
});

it('why an update is owed is remembered until it is made up for', async () => {
  const problem = { code: 'store-timeout', message: 'slow', hint: 'wait' } as const;
  await withJournal(makeDbDir(), (journal) => {
    journal.setOwedUpdate(problem);
    expect(journal.owedUpdate()).toEqual(problem);
    journal.setOwedUpdate(null);
    expect(journal.owedUpdate()).toBe(null);
  });
});

describe('what a host remembers of its publications', () => {
  const digests = async (installed: InstalledState, published: string | null) => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, (journal) => journal.setInstalled(installed));
    if (published !== null) {
      const last = { etag: '"e"', digest: published, time: installed.time, inventoried: false };
      await inFleetJournal({ dbDir, timeoutMs: 10_000 }, (fleet) =>
        fleet.remember('here/bucket', { last, intended: ['sent'] }),
      );
    }
    const { foreign } = await readDateMemory(dbDir, 0);
    const { installed: grown } = await readPublishMemory(dbDir, 'here/bucket', 0);
    const { published: known } = await readRemembered(dbDir, 0);
    return { foreign, grown: grown?.etag ?? null, known: [...known] };
  };

  it('distinguishes another administrator’s index from its own', async () => {
    expect(await digests(state('d'), null)).toEqual({ foreign: 'd', grown: '"d"', known: [] });
    expect(await digests(state('d'), 'd')).toEqual({ foreign: null, grown: '"d"', known: ['d'] });
    expect(await digests(state('d'), 'other')).toEqual({ foreign: 'd', grown: '"d"', known: ['other'] });
    expect(await digests(state('d', { source: 'local' }), null)).toMatchObject({ foreign: null });
  });

  it('knows of an index that was rolled back that its own has not grown from the store’s', async () => {
    expect(await digests(state('d', { held: true }), null)).toMatchObject({ grown: null });
  });
});
