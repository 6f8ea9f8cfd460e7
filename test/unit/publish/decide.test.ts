import { describe, expect, it } from 'vitest';
import { type Circumstances, decide } from '../../../src/publish/decide.ts';
import type { IndexInStore } from '../../../src/publish/stored-index.ts';

const TIME = '2026-03-02T10:00:00.000Z';
const LATER = new Date('2026-03-02T10:00:01Z');
const EARLIER = new Date('2026-03-02T09:59:59Z');

const stored = (by: string | null = 'bob@home'): IndexInStore => ({
  index: { etag: '"1"', sha256: null, size: 9, time: TIME, publishedAt: TIME, by },
  digest: 'theirs',
  image: null,
  problem: null,
});
const last = { etag: '"1"', digest: 'old', time: new Date(TIME), inventoried: true };
const nothing = { last: null, intended: [] };

function decided(more: Partial<Circumstances> & { modified?: Date }, there = stored()): string {
  const { modified = LATER, ...rest } = more;
  const own = { image: Buffer.alloc(0), digest: 'ours', modified };
  const now = new Date('2026-04-01T00:00:00Z');
  const usual = { own, memory: nothing, installed: null, replaces: null, now, raced: false };
  return decide(there, { ...usual, ...rest }).kind;
}

describe('this host publishes over', () => {
  it('the index that it published last', () => {
    expect(decided({ memory: { last, intended: [] } })).toBe('publish');
    expect(decided({ memory: { last: { ...last, etag: '"0"' }, intended: [] } })).toBe('changed-elsewhere');
  });

  it('the index that it sent before it was killed', () => {
    expect(decided({ memory: { last: null, intended: ['x', 'theirs'] } })).toBe('publish');
  });

  it('the index that it fetched, unless it was restored in the store since', () => {
    expect(decided({ installed: { etag: '"1"', time: new Date(TIME) } })).toBe('publish');
    expect(decided({ installed: { etag: '"1"', time: LATER } })).toBe('changed-elsewhere');
  });

  it('an index without a publisher, if that is not newer to the second, and only the first time', () => {
    const there = stored(null);
    expect(decided({}, there)).toBe('publish');
    expect(decided({ modified: new Date(TIME) }, there)).toBe('publish');
    expect(decided({ modified: EARLIER }, there)).toBe('changed-elsewhere');
    expect(decided({ raced: true }, there)).toBe('changed-elsewhere');
    expect(decided({ memory: { last: { ...last, etag: '"0"' }, intended: [] } }, there)).toBe(
      'changed-elsewhere',
    );
  });

  it('the index that its administrator names, even with an older one', () => {
    expect(decided({ replaces: '"1"', modified: EARLIER })).toBe('publish');
    expect(decided({ replaces: '1' })).toBe('publish');
    expect(decided({ replaces: '"2"' })).toBe('changed-elsewhere');
  });

  it('no index that is newer than its own, or the same', () => {
    expect(decided({ memory: { last, intended: [] }, modified: EARLIER })).toBe('older');
    expect(decided({}, { ...stored(), digest: 'ours' })).toBe('unchanged');
  });

  it('its own publication with a time in the future, which a wrong clock gave it', () => {
    const memory = { last, intended: [] };
    const now = new Date('2026-03-01T00:00:00Z');
    expect(decided({ memory, modified: EARLIER, now })).toBe('publish');
    expect(decided({ modified: EARLIER, now })).toBe('changed-elsewhere');
  });
});
