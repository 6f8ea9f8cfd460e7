import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Edit } from '../../../src/requests/request-model.ts';
import { BY_ADA, LiveIndex } from '../../support/requests/live-index.ts';
import { failureOf } from '../../support/suite/failure.ts';
import { Mounts } from '../../support/system/mounts.ts';

const PROCESS = join(import.meta.dirname, '../../support/requests/request-process.ts');
const form = { name: 'Spring Ball', firstDay: '2027-03-05', lastDay: '2027-03-07' };
const REQUEST: Edit = { kind: 'event', action: 'request', studio: 'boston', form };

describe.each(['delete', 'wal'] as const)('with journal mode %s', (journal) => {
  it('a change that was written into a file which is not the index any more is not counted as saved', async () => {
    const index = new LiveIndex({ journal });
    const intend = index.log.intend.bind(index.log);
    index.log.intend = (change) => {
      copyFileSync(index.path, `${index.path}.new`);
      renameSync(`${index.path}.new`, index.path);
      return intend(change);
    };
    const failure = await failureOf(() => index.editor.save(REQUEST, BY_ADA));
    expect(failure).toMatchObject({
      code: 'busy',
      message: expect.stringContaining('another file has just replaced'),
    });
    expect([index.log.last.state, index.log.saves]).toEqual(['doubted', []]);
  });
});

describe('on a full disk', () => {
  let mounts: Mounts;

  beforeEach(async () => {
    mounts = await Mounts.open();
  });
  afterEach(() => mounts.close());

  it('a change that cannot be committed is looked for in the index, which does not have it', () => {
    const index = new LiveIndex();
    const full = join(index.home, 'full');
    mkdirSync(full);
    mounts.mountMemory(full, 1024);
    const path = join(full, 'index.sqlite3');
    copyFileSync(index.path, mounts.outside(path));
    const [program = '', ...args] = [...mounts.through, process.execPath, PROCESS, path, 'boston', ''];
    const ask = (freeBytes: number): { said: string; events: number } => {
      mounts.leaveFree(full, freeBytes);
      const { stdout } = spawnSync(program, args, { input: JSON.stringify(form), encoding: 'utf8' });
      copyFileSync(mounts.outside(path), index.path);
      return { said: stdout.split('\n')[1] ?? '', events: index.rows('showcases').length };
    };
    // The less is free, the earlier it fails: at the first write, or as late as the commit.
    const told = [];
    for (let bytes = 0; told.at(-1)?.events !== 5; bytes += 4096) told.push(ask(bytes));
    expect(told).toContainEqual({ said: 'doubted', events: 4 });
    const { said } = told.pop() ?? { said: '' };
    expect(JSON.parse(said)).toMatchObject({ kind: 'saved' });
    expect(told.filter(({ said }) => said !== '' && said !== 'doubted')).toEqual([]);
  });
});
