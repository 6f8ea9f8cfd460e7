import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { makePlace } from '../../support/install/place.ts';
import type { Tried } from '../../support/install/small-disk.ts';

// A test lets a run fail at each of many writes.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const PROGRAM = join(import.meta.dirname, '../../support/install/small-disk.ts');
const OLD = [1, 1, 1, 1, 1];
const NEW = [2, 2, 2, 2, 2];

/** On a file system in memory that nobody else sees, and that is gone when the program ends. */
async function onSmallDisk(scenario: string): Promise<Tried[]> {
  const mount = join(makePlace().home, 'disk');
  mkdirSync(mount);
  const script = `mount -t tmpfs -o size=4m tmpfs '${mount}' && exec '${process.execPath}' '${PROGRAM}' '${mount}' ${scenario}`;
  const { stdout } = await promisify(execFile)('unshare', ['--map-root-user', '--mount', 'sh', '-c', script]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Tried);
}

it.each(['delete', 'wal'])(
  'a disk that gets full at any moment makes the update fail without a change, and the next one succeeds (%s)',
  async (mode) => {
    const tried = await onSmallDisk(mode);
    const first = tried.filter((_, at) => at % 2 === 0);
    const second = tried.filter((_, at) => at % 2 === 1);
    const failed = first.filter(({ code }) => code !== null);
    expect(failed.length).toBeGreaterThan(5);
    for (const { code, message, hint, versions, staged } of failed) {
      expect({ code, versions, staged, message }).toEqual({
        code: 'disk',
        versions: OLD,
        staged: [],
        message,
      });
      expect(hint).toMatch(/free some space|free space|look at the disk/i);
      expect(message).toMatch(/ENOSPC|SQLITE_FULL|SQLITE_IOERR/);
    }
    expect(first.at(-1)).toMatchObject({ code: null, versions: NEW });
    for (const each of second) expect(each).toMatchObject({ code: null, versions: NEW, staged: [] });
  },
);

it('a read-only file system makes the update fail with a hint and without a change', async () => {
  const [tried] = await onSmallDisk('read-only');
  expect(tried).toMatchObject({ code: 'disk', versions: OLD, staged: [] });
  expect(tried?.hint).toMatch(/writable/);
});
