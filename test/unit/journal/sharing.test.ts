import { describe, expect, it } from 'vitest';
import { arrival, moment } from '../../../src/journal/arrival.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import type { RunKind } from '../../../src/report/results.ts';
import { makeDbDir, withJournal } from '../../support/journal/db-dir.ts';
import { resultOf, run } from '../../support/journal/results.ts';

const ROOT = '/rails';
const RUN = { trigger: 'cgi', kind: 'plain', appRoot: ROOT } as const;
const NOON = Date.parse('2026-01-02T12:00:00Z');

describe('the sharing of results', () => {
  const share = (journal: Journal, since: ReturnType<typeof moment>, kind: RunKind, appRoot = ROOT) =>
    journal.resultSince(since, { kind, appRoot })?.run ?? null;

  it('gives a caller the result of a run that began after it arrived, marked as shared', async () => {
    const dbDir = makeDbDir();
    const came = moment();
    await withJournal(dbDir, (journal) => run(journal, 'a'));
    await withJournal(dbDir, (journal) => {
      expect(journal.resultSince(came, { kind: 'plain', appRoot: ROOT })).toEqual({
        ...resultOf('a'),
        shared: true,
      });
    });
  });

  it('does not give it one that began before it arrived, even if that ended later', async () => {
    await withJournal(makeDbDir(), (journal) => {
      journal.begin({ run: 'a', trigger: 'cgi', kind: 'plain', appRoot: ROOT });
      const came = moment();
      journal.finish('a', resultOf('a'));
      expect(share(journal, came, 'plain')).toBeNull();
    });
  });

  it('uses the start of the process as the arrival, which is before everything that it does', () => {
    expect(arrival().monotonicNs).toBeLessThan(moment().monotonicNs);
    expect(moment().monotonicNs - arrival().monotonicNs).toBeGreaterThan(10_000_000n);
    expect(arrival().bootId).toBe(moment().bootId);
  });

  it('does not give results of another boot, or without a boot id', async () => {
    await withJournal(makeDbDir(), (journal) => {
      run(journal, 'a');
      for (const bootId of ['another', null])
        expect(share(journal, { bootId, monotonicNs: 0n }, 'plain')).toBeNull();
    });
  });

  it('does not give results of another app root, or of a run that never ended', async () => {
    await withJournal(makeDbDir(), (journal) => {
      const came = moment();
      run(journal, 'a', 'plain', '/elsewhere');
      journal.begin({ run: 'b', trigger: 'cgi', kind: 'plain', appRoot: ROOT });
      expect(share(journal, came, 'plain')).toBeNull();
    });
  });

  it('gives a push the result of a push of the same index, and of no other', async () => {
    const index = { etag: null, size: 1, time: '2026-01-02T03:04:05.000Z', source: 'push' } as const;
    await withJournal(makeDbDir(), (journal) => {
      const came = moment();
      const ask = (kind: RunKind, sha256: string) =>
        journal.resultSince(came, { kind, appRoot: ROOT, sha256 })?.run ?? null;
      for (const [name, kind, sha256] of [
        ['a', 'push', 'aa'],
        ['b', 'forced-push', 'bb'],
        ['c', 'push', 'cc'],
      ] as const) {
        journal.begin({ run: name, trigger: 'cgi', kind, appRoot: ROOT });
        journal.finish(name, resultOf(name, { index: { ...index, sha256 } }));
      }
      expect(['aa', 'bb', 'cc', 'dd'].map((sha256) => ask('push', sha256))).toEqual(['a', 'b', 'c', null]);
      expect(['aa', 'bb', 'cc'].map((sha256) => ask('forced-push', sha256))).toEqual([null, 'b', null]);
      expect(share(journal, came, 'plain')).toBeNull();
      expect(share(journal, came, 'forced')).toBeNull();
    });
  });

  const KINDS = ['plain', 'forced', 'rollback', 'start'] as const;
  it.each(
    KINDS.flatMap((ran) => KINDS.map((asks) => ({ ran, asks }))).map(({ ran, asks }) => ({
      ran,
      asks,
      shares:
        (asks === 'plain' && (ran === 'plain' || ran === 'forced')) ||
        (asks === 'forced' && ran === 'forced'),
    })),
  )('of a run of kind $ran with a caller of kind $asks: $shares', async ({ ran, asks, shares }) => {
    await withJournal(makeDbDir(), (journal) => {
      const came = moment();
      run(journal, 'a', ran);
      expect(share(journal, came, asks)).toBe(shares ? 'a' : null);
    });
  });

  it('looks past a later run of a kind that is not shared', async () => {
    await withJournal(makeDbDir(), (journal) => {
      const came = moment();
      run(journal, 'a');
      run(journal, 'b', 'rollback');
      expect(share(journal, came, 'plain')).toBe('a');
    });
  });

  it('gives failures, too, since the waiting run would fail in the same way', async () => {
    await withJournal(makeDbDir(), (journal) => {
      const came = moment();
      journal.begin({ run: 'a', trigger: 'cgi', kind: 'plain', appRoot: ROOT });
      const error = { code: 'store-unreachable', message: 'no route', hint: 'look' } as const;
      journal.finish('a', resultOf('a', { outcome: 'failed', error }));
      expect(journal.resultSince(came, { kind: 'plain', appRoot: ROOT })?.error).toEqual(error);
    });
  });
});

describe('a result that may be shared', () => {
  it('is of a run that began later than the caller came, not at the same moment, nor after now', async () => {
    const dbDir = makeDbDir();
    const { bootId, monotonicNs } = moment();
    const caller = { kind: 'plain', appRoot: '/rails' } as const;
    await withJournal(dbDir, (journal) => {
      journal.begin({ run: 'a', ...RUN, began: { bootId, monotonicNs, at: NOON } });
      journal.finish('a', resultOf('a'));
      const since = (ns: bigint) => journal.resultSince({ bootId, monotonicNs: ns }, caller)?.run ?? null;
      expect([since(monotonicNs - 1n), since(monotonicNs)]).toEqual(['a', null]);
      const ahead = { bootId, monotonicNs: monotonicNs + 10n ** 15n, at: NOON };
      journal.begin({ run: 'b', ...RUN, began: ahead });
      journal.finish('b', resultOf('b'));
      expect([since(monotonicNs - 1n), since(monotonicNs)]).toEqual(['a', null]);
    });
  });
});

it('the whole results of the last eight runs are kept, and of no earlier one', async () => {
  const came = moment();
  await withJournal(makeDbDir(), (journal) => {
    const forced = () => journal.resultSince(came, { kind: 'forced', appRoot: '/rails' })?.run ?? null;
    run(journal, 'forced', 'forced');
    for (let n = 2; n <= 8; n++) run(journal, `run-${n}`);
    expect(forced()).toBe('forced');
    run(journal, 'run-9');
    expect(forced()).toBe(null);
  });
});
