import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { moment } from '../../../src/journal/arrival.ts';
import { readHistory } from '../../../src/journal/history.ts';
import type { InstalledState } from '../../../src/journal/journal-model.ts';
import { makeDbDir, withJournal } from '../../support/journal/db-dir.ts';
import { resultOf, run } from '../../support/journal/results.ts';

const ROOT = '/rails';

describe('the history of a machine', () => {
  it('has the time, reason, outcome, duration and changes of each run, newest first', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, (journal) => {
      journal.begin({ run: 'a', trigger: 'command', kind: 'forced', appRoot: ROOT });
      const file = { path: '/x', size: 1 };
      const files = [
        { ...file, kind: 'index', changed: true },
        { ...file, kind: 'map', changed: false },
        { ...file, kind: 'navigator', changed: true },
      ] as const;
      journal.finish('a', resultOf('a', { outcome: 'updated', files }));
      journal.begin({ run: 'b', trigger: 'cgi', kind: 'plain', appRoot: ROOT });
      const error = { code: 'disk', message: 'full', hint: 'tidy up' } as const;
      journal.finish('b', resultOf('b', { outcome: 'failed', error }));
      journal.begin({ run: 'c', trigger: 'start', kind: 'start', appRoot: ROOT });
      expect(journal.history(1)).toMatchObject([{ run: 'c', outcome: 'running', trigger: 'start' }]);
    });
    const rows = await readHistory(dbDir, 10);
    const expected = { beganAt: expect.stringMatching(/^\d{4}-.*Z$/), durationMs: expect.any(Number) };
    expect(rows).toEqual([
      {
        ...expected,
        run: 'c',
        trigger: 'start',
        kind: 'start',
        outcome: 'interrupted',
        durationMs: null,
        changed: [],
        errorCode: null,
      },
      {
        ...expected,
        run: 'b',
        trigger: 'cgi',
        kind: 'plain',
        outcome: 'failed',
        changed: [],
        errorCode: 'disk',
      },
      {
        ...expected,
        run: 'a',
        trigger: 'command',
        kind: 'forced',
        outcome: 'updated',
        changed: ['index', 'navigator'],
        errorCode: null,
      },
    ]);
  });

  it('is empty if nothing ever ran, and reading it makes no file', async () => {
    const dbDir = makeDbDir();
    expect(await readHistory(dbDir, 10)).toEqual([]);
    await expect(readHistory(join(dbDir, 'missing'), 10)).rejects.toMatchObject({ code: 'db-dir-missing' });
    await withJournal(dbDir, () => {});
    expect(await readHistory(dbDir, 10)).toEqual([]);
  });

  it('keeps the last 500 runs, and whole results of the last few only', async () => {
    const dbDir = makeDbDir();
    const came = moment();
    await withJournal(dbDir, (journal) => {
      for (let n = 0; n < 510; n++) run(journal, `run-${n}`, n < 495 ? 'forced' : 'plain');
      const rows = journal.history(1000);
      expect(rows).toHaveLength(500);
      expect(rows.at(-1)?.run).toBe('run-10');
      expect(journal.resultSince(came, { kind: 'plain', appRoot: ROOT })?.run).toBe('run-509');
      expect(journal.resultSince(came, { kind: 'forced', appRoot: ROOT })).toBeNull();
    });
  });

  it('does not keep diffs', async () => {
    await withJournal(makeDbDir(), (journal) => {
      const came = moment();
      journal.begin({ run: 'a', trigger: 'cgi', kind: 'plain', appRoot: ROOT });
      journal.finish('a', resultOf('a', { diff: '+ a' }));
      expect(journal.resultSince(came, { kind: 'plain', appRoot: ROOT })).not.toHaveProperty('diff');
    });
  });

  it('of a damaged journal is a failure that says what will happen', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, ({ stateDir }) => stateDir);
    writeFileSync(join(dbDir, '.update_config', 'journal.db'), 'x'.repeat(9000));
    await expect(readHistory(dbDir, 10)).rejects.toMatchObject({
      code: 'disk',
      hint: expect.stringContaining('sets it aside'),
    });
  });
});

describe('the memory of the journal from run to run', () => {
  it('has what is installed', async () => {
    const dbDir = makeDbDir();
    const state: InstalledState = {
      etag: '"abc"',
      sha256: 'a'.repeat(64),
      size: 4096,
      time: new Date('2025-11-19T12:00:00.000Z'),
      source: 'store',
      digest: 'b'.repeat(64),
      held: false,
    };
    await withJournal(dbDir, (journal) => {
      expect(journal.installed()).toBeNull();
      journal.setInstalled(state);
      journal.setInstalled({ ...state, held: true });
    });
    expect(await withJournal(dbDir, (journal) => journal.installed())).toEqual({ ...state, held: true });
  });

  it('has a reload that is owed, until it is done', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, (journal) => {
      expect(journal.pendingReload()).toBe(false);
      journal.setPendingReload('a');
      journal.setPendingReload('b');
    });
    await withJournal(dbDir, (journal) => {
      expect(journal.pendingReload()).toBe(true);
      journal.clearPendingReload();
      journal.clearPendingReload();
    });
    expect(await withJournal(dbDir, (journal) => journal.pendingReload())).toBe(false);
  });

  it('has the highest clock that any run saw, even if the clock is set back', async () => {
    const dbDir = makeDbDir();
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const noon = Date.UTC(2026, 0, 2, 12);
    await withJournal(dbDir, (journal) => {
      expect(journal.clockMark()).toBe(0);
      vi.setSystemTime(noon);
      run(journal, 'a');
      vi.setSystemTime(noon - 3_600_000);
      run(journal, 'b');
      expect(journal.clockMark()).toBe(noon);
      expect(journal.history(2).map((row) => row.run)).toEqual(['b', 'a']);
    });
    await withJournal(dbDir, (journal) => {
      journal.lowerClockMark(noon + 1);
      expect(journal.clockMark()).toBe(noon);
      journal.lowerClockMark(noon - 5);
      expect(journal.clockMark()).toBe(noon - 5);
    });
  });
});
