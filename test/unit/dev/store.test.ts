import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ObjectFiles } from '../../../dev/store/objects.ts';

const dir = mkdtempSync(join(tmpdir(), 'objects-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('the embedded object store', () => {
  it('refuses a directory with other files, and removes nothing there', () => {
    const unfinished = '0c3b5f6e-9d2a-4c1b-8e7f-001122334455.tmp';
    for (const name of [unfinished, 'thesis.tmp']) writeFileSync(join(dir, name), 'chapter 1');
    expect(() => new ObjectFiles(dir)).toThrow(`${join(dir, 'thesis.tmp')} is no object`);
    expect(readdirSync(dir).sort()).toEqual([unfinished, 'thesis.tmp']);
  });

  it('removes the file that a killed store was still writing', () => {
    rmSync(join(dir, 'thesis.tmp'));
    expect(new ObjectFiles(dir).list()).toEqual([]);
    expect(readdirSync(dir)).toEqual([]);
  });
});
