import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { useMachine } from '../../support/machine/use-machine.ts';
import { MARK } from '../../support/update/place.ts';

const here = useMachine();

/** So that an answer shows that its run has not read the index itself. */
function mark(dbDir: string): void {
  const db = openDatabase(join(dbDir, '.update_config/journal.db'));
  const sql = `UPDATE meta SET value = json_set(value, '$.detail', '${MARK}') WHERE key = 'proved'`;
  expect(db.prepare(sql).run().changes).toBe(1);
  db.close();
}

describe('an update that finds everything as the last run left it', () => {
  it('ends without reading the index again, whichever executable of the build asks', async () => {
    const { machine } = here;
    expect((await machine.post()).result.outcome).toBe('updated');
    mark(machine.dbDir);
    machine.settle();
    const answer = await machine.post();
    expect(answer.result.outcome).toBe('unchanged');
    expect(answer.body).toContain(`Step 3/4: Validate and read the index: ${MARK}`);
    expect(answer.result.files).toHaveLength(6);
    const byHand = await machine.run([]);
    expect(byHand.stdout).toContain(MARK);
    const resumed = await machine.run([], { executable: join(ROOT, 'scripts/resume') });
    expect(resumed.stdout + resumed.stderr).toContain(MARK);
  });

  it('does all steps if a file has other bytes, of the same number and time', async () => {
    const { machine } = here;
    await machine.post();
    machine.settle();
    const path = machine.path('htpasswd');
    const { atime, mtime } = statSync(path);
    const before = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      before.replace(/[a-z]/, (letter) => (letter === 'a' ? 'b' : 'a')),
    );
    utimesSync(path, atime, mtime);
    mark(machine.dbDir);
    const answer = await machine.post();
    expect(answer.result.outcome).toBe('updated');
    expect(answer.body).not.toContain(MARK);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});
