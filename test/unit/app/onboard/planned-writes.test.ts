import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changing,
  existingFile,
  type PlannedWrite,
  writeAllOf,
} from '../../../../src/app/onboard/planned-writes.ts';
import { newRunId } from '../../../../src/run-id.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'planned-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const at = (name: string): string => join(home, name);
const planned = (name: string, text: string): PlannedWrite => ({
  path: at(name),
  bytes: Buffer.from(text),
  isSecret: true,
  before: existingFile(at(name)),
});

describe('files that are to be written', () => {
  it('are closed to others where they are secret, also where only that is to be changed', () => {
    writeFileSync(at('settings'), 'A=1\n');
    chmodSync(at('settings'), 0o644);
    const writes = changing([planned('settings', 'A=1\n'), planned('key', 'k')]);
    expect(writes).toHaveLength(2);
    writeAllOf(writes, newRunId());
    expect(['settings', 'key'].map((name) => statSync(at(name)).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(changing([planned('settings', 'A=1\n'), planned('key', 'k')])).toEqual([]);
  });

  it('are all as they were, and nothing lies beside them, where somebody has changed one meanwhile', () => {
    writeFileSync(at('settings'), 'A=1\n');
    const writes = [planned('key', 'k'), planned('settings', 'A=2\n')];
    writeFileSync(at('settings'), 'A=3\n');
    expect(() => writeAllOf(writes, newRunId())).toThrow(expect.objectContaining({ code: 'busy' }));
    expect(readdirSync(home)).toEqual(['settings']);
    expect(readFileSync(at('settings'), 'utf8')).toBe('A=3\n');
  });

  it('never take the place of a key that has appeared at the last moment', () => {
    let looks = 0;
    const write: PlannedWrite = {
      path: at('key'),
      bytes: Buffer.from('ours'),
      isSecret: true,
      // It is looked at for the last time when the file is put in its place.
      get before() {
        looks += 1;
        if (looks === 2) writeFileSync(at('key'), 'theirs');
        return null;
      },
    };
    expect(() => writeAllOf([write], newRunId())).toThrow(expect.objectContaining({ code: 'disk' }));
    expect([looks, readdirSync(home), readFileSync(at('key'), 'utf8')]).toEqual([2, ['key'], 'theirs']);
  });
});
