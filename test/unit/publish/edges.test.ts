import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { ensureStateDir } from '../../../src/database/state-dir.ts';
import { stagedPath } from '../../../src/files/staged-names.ts';
import { NOTHING_KEPT } from '../../../src/journal/kept-indexes.ts';
import { type Circumstances, decide, isOlder } from '../../../src/publish/decide.ts';
import { openMemory } from '../../../src/publish/memory.ts';
import {
  likelyEtag,
  readOwnIndex,
  removeLeftCopies,
  withLikelyTime,
} from '../../../src/publish/own-index.ts';
import type { PublishContext } from '../../../src/publish/publish-context.ts';
import { sendingOf } from '../../../src/publish/sending.ts';
import { isSigned } from '../../../src/signature.ts';
import { soundWith } from '../../support/indexes/indexes.ts';
import { siteOf } from '../../support/machine/site.ts';

const IMAGE = soundWith({});
const T1 = new Date('2026-01-02T03:04:05.500Z');
const RUN = '20260102T030405678Z-1f2e3d';
const own = { image: IMAGE, digest: 'ours', modified: T1 };

let dbDir: string;
beforeEach(() => {
  dbDir = mkdtempSync(join(tmpdir(), 'publish-'));
  onTestFinished(() => rmSync(dbDir, { recursive: true }));
});

describe('whether this host may publish over what stands there', () => {
  const at = (ms: number) => new Date(T1.getTime() + ms).toISOString();
  const decided = (
    index: object = {},
    more: Partial<Circumstances> = {},
    digest: string | null = 'theirs',
  ) => {
    const whole = {
      etag: '"e"',
      sha256: null,
      size: 1,
      time: at(0),
      publishedAt: at(0),
      by: 'bob',
      ...index,
    };
    const circumstances = {
      own,
      memory: { last: null, intended: [] },
      installed: null,
      replaces: null,
      now: new Date(at(60_000)),
      raced: false,
      ...more,
    };
    const one = decide({ index: whole, digest, image: null, problem: null }, circumstances);
    return one.kind === 'publish' ? `publish ${one.replaces} ${one.modified.toISOString()}` : one.kind;
  };
  const last = { etag: '"e"', digest: 'd', time: new Date(at(0)), inventoried: true };
  const over = `publish "e" ${T1.toISOString()}`;

  it('is so of its own, of what it grew from, and of what it is told to, with or without quotes', () => {
    expect([decided(), decided({}, {}, 'ours')]).toEqual(['changed-elsewhere', 'unchanged']);
    expect(decided({}, { memory: { last, intended: [] } })).toBe(over);
    expect(decided({}, { memory: { last: { ...last, etag: '"x"' }, intended: [] } })).toBe(
      'changed-elsewhere',
    );
    expect(decided({}, { memory: { last: null, intended: ['theirs'] } })).toBe(over);
    expect(decided({}, { memory: { last: null, intended: ['theirs'] } }, null)).toBe('changed-elsewhere');
    for (const replaces of ['"e"', 'e']) expect(decided({}, { replaces })).toBe(over);
    expect(decided({}, { replaces: 'x' })).toBe('changed-elsewhere');
    expect(decided({}, { installed: { etag: '"e"', time: new Date(at(0)) } })).toBe(over);
    expect(decided({}, { installed: { etag: '"e"', time: new Date(at(1)) } })).toBe('changed-elsewhere');
  });

  it('is not so where its own is older, to the second, unless that is asked for or a clock was wrong', () => {
    const memory = { last, intended: [] };
    expect([decided({ time: at(499) }, { memory }), decided({ time: at(500) }, { memory })]).toEqual([
      over,
      'older',
    ]);
    expect(decided({ time: at(500) }, { replaces: 'e' })).toBe('publish "e" 2026-01-02T03:04:07.000Z');
    expect(decided({ time: at(60_001) }, { memory })).toBe('publish "e" 2026-01-02T03:05:06.000Z');
    expect([-1000, 0, 1000].map((ms) => isOlder(own, new Date(at(ms))))).toEqual([false, false, true]);
  });

  it('is so of what nobody has signed on its first publication, and not once another one was met', () => {
    expect([decided({ by: null }), decided({ by: null }, { raced: true })]).toEqual([
      over,
      'changed-elsewhere',
    ]);
    expect(decided({ by: null, time: at(500) })).toBe('changed-elsewhere');
    expect(decided({ by: null }, { memory: { last: { ...last, etag: '"x"' }, intended: [] } })).toBe(
      'changed-elsewhere',
    );
  });
});

describe('what is remembered of publications', () => {
  it('is the last twenty that were about to be sent, each once, until one is known to stand there', async () => {
    const context = {
      site: { ...siteOf('local'), dbDir },
      storeName: 's',
      lockTimeoutMs: 10_000,
    } as PublishContext;
    const memory = await openMemory(context, false);
    for (let at = 0; at < 22; at++) await memory.intend(`d${at}`, NOTHING_KEPT);
    await memory.intend('d5', NOTHING_KEPT);
    expect(memory.state.intended).toHaveLength(20);
    expect([memory.state.intended[0], memory.state.intended.at(-1)]).toEqual(['d2', 'd5']);
    const last = { etag: '"a"', digest: 'd', time: T1 };
    await memory.published(last, NOTHING_KEPT);
    await memory.inventoried('"b"');
    expect((await openMemory(context, true)).state).toEqual({
      last: { ...last, inventoried: false },
      intended: [],
    });
    await memory.inventoried('"a"');
    const again = await openMemory(context, true);
    expect([again.state.last?.inventoried, again.readOnly]).toEqual([true, true]);
    expect((await openMemory({ ...context, storeName: 'other' }, true)).state.last).toBe(null);
  });
});

describe('the index of this host', () => {
  const put = () => {
    const path = join(dbDir, 'index.sqlite3');
    writeFileSync(path, IMAGE);
    utimesSync(path, T1, T1);
  };
  const read = (maxBytes: number, stateDir: string | null = null) =>
    readOwnIndex({ ...siteOf('local'), dbDir }, RUN, { stateDir, maxBytes });

  it('is read up to the limit, which it may have, by way of a file that does not stay', async () => {
    vi.stubEnv('TMPDIR', dbDir);
    onTestFinished(() => void vi.unstubAllEnvs());
    put();
    expect(await read(IMAGE.length)).toMatchObject({ digest: imageDigest(IMAGE), modified: T1 });
    await expect(read(IMAGE.length - 1)).rejects.toMatchObject({ code: 'index-too-large' });
    const stateDir = ensureStateDir(dbDir);
    await read(IMAGE.length, stateDir);
    expect([readdirSync(dbDir).sort(), readdirSync(stateDir)]).toEqual([
      ['.update_config', 'index.sqlite3'],
      [],
    ]);
  });

  it('that is missing, empty or none is not published', async () => {
    await expect(read(9)).rejects.toMatchObject({ code: 'index-missing' });
    writeFileSync(join(dbDir, 'index.sqlite3'), '');
    await expect(read(9)).rejects.toMatchObject({ code: 'index-invalid' });
    writeFileSync(join(dbDir, 'index.sqlite3'), 'no database'.repeat(99));
    await expect(read(2 ** 20)).rejects.toMatchObject({
      code: 'index-invalid',
      hint: expect.stringContaining('Nothing was published'),
    });
  });

  it('counts as changed now where its time is more than a day ahead', () => {
    const notes: string[] = [];
    const hours = (count: number) => new Date(T1.getTime() - count * 3_600_000);
    const likely = (now: Date) => withLikelyTime(own, now, (note) => notes.push(note)).modified;
    expect([likely(hours(25)), likely(hours(26))]).toEqual([T1, hours(26)]);
    expect(notes).toHaveLength(1);
    expect(likelyEtag(own)).toMatch(/^"[0-9a-f]{32}"$/);
  });

  it('has copies taken away that killed runs have left, and nothing else', () => {
    const stateDir = ensureStateDir(dbDir);
    const left = stagedPath(join(stateDir, 'index.sqlite3'), RUN);
    const others = [stagedPath(join(stateDir, 'new-events.json'), RUN), join(stateDir, '.index.sqlite3.x')];
    for (const path of [left, ...others]) writeFileSync(path, '');
    removeLeftCopies(stateDir);
    expect([left, ...others].map(existsSync)).toEqual([false, true, true]);
  });

  it('is sent whole, and signed anew each time', () => {
    const key = Buffer.alloc(24, 1);
    const { body, headers } = sendingOf(own, key);
    expect(gunzipSync(body).equals(IMAGE)).toBe(true);
    const [one = {}, two = {}] = [headers(), headers()] as Record<string, string>[];
    expect(one['webhook-id']).not.toBe(two['webhook-id']);
    const signed = { id: one['webhook-id'] ?? '', timestamp: one['webhook-timestamp'] ?? '', body };
    expect(isSigned(one['webhook-signature'] ?? '', signed, [key])).toBe(true);
    expect(one).toMatchObject({
      'Content-Encoding': 'gzip',
      'Last-Modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
    });
    expect(Math.abs(Number(signed.timestamp) - Date.now() / 1000)).toBeLessThan(60);
  });
});
