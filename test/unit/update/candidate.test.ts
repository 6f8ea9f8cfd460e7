import { describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import type { LiveIndex } from '../../../src/install/live-index.ts';
import type { InstalledState } from '../../../src/journal/journal-model.ts';
import { type Choice, chooseCandidate, localCandidate, localFacts } from '../../../src/update/candidate.ts';
import { describeFetched, type Fetched, fetchIndex, knownVersion } from '../../../src/update/fetch.ts';
import { soundWith } from '../../support/indexes/indexes.ts';

const withEvent = (key: string) =>
  soundWith({ showcases: [{ id: 2, year: 2025, key, name: key, order: 2, location_id: 1 }] });
const LOCAL = withEvent('local');
const THEIRS = withEvent('theirs');
const T1 = new Date('2026-01-02T03:04:05Z');
const later = (ms: number) => new Date(T1.getTime() + ms);
const NOW = later(3_600_000);

const live = (more: Partial<LiveIndex> = {}): LiveIndex => ({
  path: '/db/index.sqlite3',
  image: LOCAL,
  digest: imageDigest(LOCAL),
  modified: T1,
  problem: null,
  stamp: null,
  ...more,
});
const installed = (more: Partial<InstalledState> = {}): InstalledState => ({
  etag: '"old"',
  sha256: 'a'.repeat(64),
  digest: imageDigest(LOCAL),
  size: LOCAL.length,
  time: T1,
  source: 'store',
  held: false,
  ...more,
});
const found = (time: Date, bytes = THEIRS, etag = '"new"'): Fetched => ({
  kind: 'found',
  from: 'store',
  object: {
    key: 'k',
    etag,
    size: bytes.length,
    modified: NOW,
    metadata: { 'last-modified': time.toISOString() },
  },
  bytes,
  sha256: 'b'.repeat(64),
});

const choice = (more: Partial<Choice> = {}): Choice => ({
  live: live(),
  installed: installed(),
  force: false,
  isSource: false,
  published: new Set(),
  now: NOW,
  ...more,
});

/** `theirs`, `local`, `unpublished`, or the code of the failure; with a note, if there is one. */
async function chosen(fetched: Fetched, more: Partial<Choice> = {}): Promise<string> {
  try {
    const one = await chooseCandidate(fetched, choice(more));
    if ('kind' in one) return one.kind;
    return `${one.image === LOCAL ? 'local' : 'theirs'}${one.note === null ? '' : ', noted'}`;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('the index that an update works with', () => {
  it('is the store’s where it is as new, to the second, and not where it is older', async () => {
    expect(await chosen(found(later(1)))).toBe('theirs');
    expect(await chosen(found(later(999)), { installed: installed({ time: later(500) }) })).toBe('theirs');
    expect(await chosen(found(later(-5)))).toBe('index-older');
    expect(await chosen(found(later(-5)), { force: true })).toBe('theirs');
    expect(await chosen(found(later(-5)), { live: live({ image: null, digest: null }) })).toBe('theirs');
  });

  it('is the store’s if nothing says how old that is, which is noted', async () => {
    const one = found(T1);
    if (one.kind !== 'found') throw new Error('it was found');
    const unsaid = (metadata: Record<string, string>) =>
      chosen({ ...one, object: { ...one.object, metadata } });
    expect(await unsaid({ 'last-modified': 'last week' })).toBe('theirs, noted');
    expect(await unsaid({})).toBe('theirs');
  });

  it('is the local one where nothing has changed, or no store is configured', async () => {
    expect(await chosen({ kind: 'unchanged', etag: '"old"' })).toBe('local');
    expect(await chosen({ kind: 'unchanged', etag: '"old"' }, { installed: installed({ held: true }) })).toBe(
      'local, noted',
    );
    expect(await chosen({ kind: 'no-store' })).toBe('local');
    expect(await chosen({ kind: 'no-store' }, { live: live({ image: null }) })).toBe('index-missing');
    expect(await chosen({ kind: 'no-store' }, { live: live({ image: null, problem: 'bad' }) })).toBe(
      'index-invalid',
    );
  });

  it('is the local one where the store’s was rolled back here, until another one is published', async () => {
    const held = { installed: installed({ etag: '"new"', held: true }) };
    expect(await chosen(found(later(1)), held)).toBe('local, noted');
    expect(await chosen(found(later(1)), { ...held, force: true })).toBe('theirs');
    expect(await chosen(found(later(1), THEIRS, '"newer"'), held)).toBe('theirs');
  });

  it('is the store’s where the local one was changed by hand on a machine, and held where it is written', async () => {
    const edited = { installed: installed({ digest: 'other' }) };
    expect(await chosen(found(later(1)), edited)).toBe('theirs, noted');
    // The edit is later than both, and its time says nothing of whose index is newer.
    expect(await chosen(found(later(1)), { ...edited, live: live({ modified: later(60_000) }) })).toBe(
      'theirs, noted',
    );
    expect(await chosen(found(later(1)), { ...edited, isSource: true })).toBe('unpublished');
    expect(await chosen(found(later(1)), { ...edited, isSource: true, force: true })).toBe('theirs');
    const published = new Set([imageDigest(LOCAL)]);
    expect(await chosen(found(later(1)), { ...edited, isSource: true, published })).toBe('theirs, noted');
    expect(await chosen(found(later(-5)), { ...edited, isSource: true, published })).toBe('index-older');
  });

  it('is chosen by its own time if the journal does not know the local one', async () => {
    expect(await chosen(found(later(1)), { installed: null })).toBe('theirs');
    expect(await chosen(found(later(-5)), { installed: null })).toBe('index-older');
    expect(await chosen(found(later(-5)), { installed: null, isSource: true })).toBe('unpublished');
  });

  it('is not kept out by a local time that is far ahead of all clocks, and one of its own counts for nothing', async () => {
    const far = later(48 * 3_600_000);
    expect(await chosen(found(later(1)), { installed: installed({ time: far }) })).toBe('theirs');
    expect(await chosen(found(far))).toBe('theirs, noted');
  });

  it('is remembered as what it is, whose digest it has', async () => {
    const one = await chooseCandidate(found(later(1)), choice());
    expect(one).toMatchObject({
      facts: { etag: '"new"', source: 'store', size: THEIRS.length, time: later(1).toISOString() },
      remember: { digest: imageDigest(THEIRS), held: false, etag: '"new"' },
    });
    expect(localCandidate(live(), installed()).remember).toBe(null);
  });
});

describe('the known facts of the local index', () => {
  it('are those of the fetched one, until it is changed or rolled back', () => {
    expect(localFacts(live(), installed())).toMatchObject({ etag: '"old"', source: 'store' });
    expect(localFacts(live(), installed({ held: true }))).toMatchObject({ etag: null, source: 'local' });
    expect(localFacts(live(), installed({ digest: 'x' }))).toMatchObject({ etag: null, source: 'local' });
    expect(localFacts(live(), null)).toMatchObject({ time: T1.toISOString(), size: LOCAL.length });
    expect(localFacts(live({ image: null }), null)).toBe(null);
    expect(localFacts(live(), installed({ source: 'push' }))).toHaveProperty('digest');
  });

  it('save a download only while it is that very version', () => {
    expect(knownVersion(imageDigest(LOCAL), installed())).toBe('"old"');
    expect([
      knownVersion('x', installed()),
      knownVersion(null, installed()),
      knownVersion('x', null),
    ]).toEqual([null, null, null]);
  });
});

describe('the answer of the store', () => {
  const asked: unknown[] = [];
  const reader = (answer: object) => ({
    get: async (key: string, options: object) => {
      asked.push({ key, ...options });
      return answer as never;
    },
  });

  it('is asked for with the ETag of what is here, and without one where all is wanted', async () => {
    expect(await fetchIndex(reader({ kind: 'unchanged' }), { unless: '"e"', maxBytes: 9 })).toEqual({
      kind: 'unchanged',
      etag: '"e"',
    });
    await expect(
      fetchIndex(reader({ kind: 'missing' }), { unless: null, maxBytes: 9 }),
    ).rejects.toMatchObject({
      code: 'store-no-index',
    });
    expect(asked).toEqual([
      { key: 'db/index.sqlite3', maxBytes: 9, ifNoneMatch: '"e"' },
      { key: 'db/index.sqlite3', maxBytes: 9 },
    ]);
    await expect(
      fetchIndex(reader({ kind: 'too-large', size: 10 }), { unless: null, maxBytes: 9 }),
    ).rejects.toMatchObject({ code: 'index-too-large' });
    expect(await fetchIndex(null, { unless: null, maxBytes: 9 })).toEqual({ kind: 'no-store' });
    expect(describeFetched(found(T1))).toBe(`${THEIRS.length} bytes, ETag "new"`);
  });
});
