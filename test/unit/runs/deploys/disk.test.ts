import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../src/database/sqlite.ts';
import { KEY, logsOf, numbers, ReceivedRig, started } from '../../../support/runs/deploys/received-rig.ts';
import { Rig } from '../../../support/runs/rig.ts';

describe('a disk that is full', () => {
  it('keeps nothing of a request, says so, and takes the same request later', () => {
    const rig = new ReceivedRig();
    const { run } = rig.deploys.logs('default', logsOf([1]));
    rig.db.pragma('max_page_count = 1');
    const body = logsOf(numbers(1, 2000));
    expect(() => rig.deploys.logs('default', body)).toThrow(
      expect.objectContaining({
        code: 'disk',
        message: expect.stringMatching(/^cannot write .*runs\.sqlite3: .*full/),
        hint: expect.stringMatching(/^Free some space/),
      }),
    );
    expect(rig.deploys.run(run.id)).toEqual(run);
    rig.db.pragma('max_page_count = 1000000');
    expect(rig.deploys.logs('default', body)).toMatchObject({ accepted: 1999, duplicates: 1 });
    rig.close();
  });
});

describe('a file whose lines are damaged', () => {
  let rig: Rig;
  afterEach(() => rig.close());

  it('serves what it can, and is set aside at the next start', async () => {
    rig = new Rig();
    rig.runs.deploys.projects.addKey('default', KEY);
    const { run } = rig.runs.deploys.logs('default', logsOf(numbers(1, 100)));
    await rig.runs.close();
    spoil('deploy_lines');
    rig.open();
    expect(rig.runs.deploys.run(run.id)).toEqual(run);
    rig.runs.deploys.status('default', started());
    expect(() => rig.runs.deploys.lines(run.id, 0, 10)).toThrow(/malformed/);
    await rig.runs.close();
    rig.open();
    expect([rig.runs.deploys.list().total, rig.problems.at(-1)]).toEqual([
      0,
      expect.stringMatching(/was damaged/),
    ]);
  });

  function spoil(table: string): void {
    const file = join(rig.home, 'state/runs.sqlite3');
    const db = openDatabase(file);
    const root = db
      .prepare<[string], number>('SELECT rootpage FROM sqlite_schema WHERE name = ?')
      .pluck()
      .get(table);
    db.close();
    const fd = openSync(file, 'r+');
    writeSync(fd, Buffer.alloc(4096, 0xff), 0, 4096, ((root ?? 0) - 1) * 4096);
    closeSync(fd);
  }
});
