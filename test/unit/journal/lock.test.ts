import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../../../src/journal/history.ts';
import { acquireJournal } from '../../../src/journal/journal.ts';
import { makeDbDir, withJournal } from '../../support/journal/db-dir.ts';
import { contend, holder } from '../../support/journal/processes.ts';

describe('the lock of the journal', () => {
  it('is held by one of 20 contending processes at a time, and at most two runs serve all of them', async () => {
    const dbDir = makeDbDir();
    const said = await contend(dbDir, 20);
    const ran = said.filter((line) => line === 'ran\n');
    expect(said.filter((line) => line === 'shared\n')).toHaveLength(20 - ran.length);
    expect(ran.length).toBeLessThanOrEqual(2);
    const history = await readHistory(dbDir, 100);
    expect(history).toHaveLength(ran.length);
    expect(history.every(({ outcome }) => outcome === 'unchanged')).toBe(true);
  });

  it('is free at once when its holder is killed, and the history shows the run as interrupted', async () => {
    const dbDir = makeDbDir();
    const child = await holder(dbDir);
    await expect(acquireJournal({ dbDir, timeoutMs: 50 })).rejects.toMatchObject({ code: 'lock-timeout' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const rows = await withJournal(dbDir, (journal) => journal.history(5));
    expect(rows).toMatchObject([
      { run: `run-${child.pid}`, outcome: 'interrupted', durationMs: null, changed: [] },
    ]);
  });

  it('fails after the time-out, saying how long it waited and what to do', async () => {
    const dbDir = makeDbDir();
    await holder(dbDir);
    const began = performance.now();
    await expect(acquireJournal({ dbDir, timeoutMs: 120 })).rejects.toMatchObject({
      code: 'lock-timeout',
      message: 'another update has held the lock for 0.12 s',
      hint: expect.stringContaining('Try again later'),
    });
    expect(performance.now() - began).toBeGreaterThanOrEqual(119);
  });

  it('is no longer waited for when the caller gives up', async () => {
    const dbDir = makeDbDir();
    await holder(dbDir);
    const giveUp = new AbortController();
    const waiting = acquireJournal({ dbDir, timeoutMs: 60_000, signal: giveUp.signal });
    giveUp.abort(new Error('the client has gone'));
    await expect(waiting).rejects.toThrow(/the client has gone|aborted/);
  });

  it('does not block the event loop while it is waited for', async () => {
    const dbDir = makeDbDir();
    const first = await acquireJournal({ dbDir, timeoutMs: 0 });
    const second = acquireJournal({ dbDir, timeoutMs: 60_000 });
    // Were the loop blocked, this would never come to run.
    setImmediate(() => first.close());
    (await second).close();
  });

  it('is not lost when another connection of the same process looks at the journal and goes', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, async () => {
      await expect(acquireJournal({ dbDir, timeoutMs: 0 })).rejects.toMatchObject({ code: 'lock-timeout' });
      await expect(readHistory(dbDir, 1, 0)).rejects.toMatchObject({ code: 'lock-timeout' });
      const other = spawnSync(process.execPath, [
        '--input-type=module-typescript',
        '-e',
        `import { acquireJournal } from ${JSON.stringify(join(import.meta.dirname, '../../../src/journal/journal.ts'))};
         await acquireJournal({ dbDir: ${JSON.stringify(dbDir)}, timeoutMs: 0 }).then(() => console.log('got it'), (error) => console.log(error.code));`,
      ]);
      expect(other.stdout.toString()).toBe('lock-timeout\n');
    });
  });

  it('needs the db dir, and says so if it is missing or not a directory', async () => {
    const dbDir = makeDbDir();
    writeFileSync(join(dbDir, 'file'), '');
    for (const name of ['missing', 'file', 'file/below']) {
      await expect(acquireJournal({ dbDir: join(dbDir, name), timeoutMs: 0 })).rejects.toMatchObject({
        code: 'db-dir-missing',
        hint: expect.stringContaining('RAILS_DB_VOLUME'),
      });
    }
    expect(readdirSync(dbDir)).toEqual(['file']);
  });
});

describe('the state directory', () => {
  it('is private to its owner, and so is the journal in it', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, ({ stateDir }) => {
      expect(statSync(stateDir).mode & 0o777).toBe(0o700);
      for (const path of [stateDir, join(stateDir, 'journal.db')])
        expect([path, statSync(path).uid]).toEqual([path, process.geteuid?.()]);
    });
  });

  it('that a killed process left open to others is closed again', async () => {
    const dbDir = makeDbDir();
    mkdirSync(join(dbDir, '.update_config'), { mode: 0o755 });
    await withJournal(dbDir, ({ stateDir }) => expect(statSync(stateDir).mode & 0o777).toBe(0o700));
  });

  it('that its user cannot make is a failure of the disk, with a hint', async () => {
    const dbDir = makeDbDir();
    chmodSync(dbDir, 0o755);
    const module = join(import.meta.dirname, '../../../src/journal/journal.ts');
    const script = `import { acquireJournal } from ${JSON.stringify(module)};
      await acquireJournal({ dbDir: ${JSON.stringify(dbDir)}, timeoutMs: 0 }).catch(({ code, message, hint }) =>
        console.log(JSON.stringify({ code, message, hint })));`;
    const asOther = ['--reuid=1234', '--regid=1235', '--clear-groups', process.execPath];
    const { stdout } = spawnSync('setpriv', [...asOther, '--input-type=module-typescript', '-e', script]);
    expect(JSON.parse(stdout.toString())).toEqual({
      code: 'disk',
      message: expect.stringContaining(`cannot prepare ${join(dbDir, '.update_config')}: EACCES`),
      hint: expect.stringContaining('Run it as root'),
    });
  });

  it('is neither followed if it is a link, nor overwritten if it is a file', async () => {
    const dbDir = makeDbDir();
    const elsewhere = join(dbDir, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(dbDir, '.update_config'));
    await expect(acquireJournal({ dbDir, timeoutMs: 0 })).rejects.toMatchObject({ code: 'disk' });
    expect(readdirSync(elsewhere)).toEqual([]);
    rmSync(join(dbDir, '.update_config'));
    writeFileSync(join(dbDir, '.update_config'), 'a file');
    await expect(acquireJournal({ dbDir, timeoutMs: 0 })).rejects.toMatchObject({ code: 'disk' });
  });
});
