import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyProblem, MAX_KEY_BYTES } from '../../../src/index/keys.ts';
import { keepCopy } from '../../../src/tenants/kept-copies.ts';

let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'aside-'));
  path = join(dir, "2026-o'brien.sqlite3");
  writeFileSync(path, 'live', { mode: 0o604 });
});

afterEach(() => rmSync(dir, { recursive: true }));

const modified = new Date('2026-01-02T03:04:05Z');

function keep(content: number, hour: number): string {
  const bytes = Buffer.from(`content ${content}`);
  const digest = String(content).padStart(64, '0');
  const now = new Date(Date.UTC(2026, 1, 3, hour));
  const image = { bytes, digest: [...digest].reverse().join('') };
  return keepCopy(path, image, { modified, now });
}

const copies = (): string[] => readdirSync(dir).filter((name) => name.includes('.changed-elsewhere-'));

describe('the copy kept beside a database', () => {
  it('is named by database, time and content, with its mode and its own time', () => {
    const kept = keep(1, 4);
    expect(kept).toBe(`${path}.changed-elsewhere-20260203T040000Z-1000000000000000`);
    expect(readFileSync(kept, 'utf8')).toBe('content 1');
    expect(statSync(kept).mode & 0o777).toBe(0o604);
    expect(statSync(kept).mtime).toEqual(modified);
    expect(readdirSync(dir)).toHaveLength(2);
  });

  it('is not kept twice', () => {
    expect(keep(1, 5)).toBe(keep(1, 4));
    expect(copies()).toHaveLength(1);
  });

  it('is one of at most five, of which the oldest are removed; files of others stay', () => {
    writeFileSync(`${path}.changed-elsewhere-by-hand`, '');
    writeFileSync(join(dir, '2026-o.sqlite3.changed-elsewhere-20260101T000000Z-0000000000000000'), '');
    for (let content = 1; content <= 7; content++) keep(content, content);
    const prefix = "2026-o'brien.sqlite3.changed-elsewhere-";
    expect(copies().sort()).toEqual([
      ...[3, 4, 5, 6, 7].map((content) => `${prefix}20260203T0${content}0000Z-${content}000000000000000`),
      `${prefix}by-hand`,
      '2026-o.sqlite3.changed-elsewhere-20260101T000000Z-0000000000000000',
    ]);
  });

  it('has a name that a file can have, however long the keys of studio and event are', () => {
    const longest = 'k'.repeat(MAX_KEY_BYTES);
    expect(keyProblem(longest)).toBe(null);
    path = join(dir, `2026-${longest}-${longest}.sqlite3`);
    writeFileSync(path, 'live');
    expect(readFileSync(keep(1, 1), 'utf8')).toBe('content 1');
  });

  it('does not have the file extension of a database', () => {
    expect(keep(1, 1)).not.toMatch(/\.sqlite3$/);
  });
});
