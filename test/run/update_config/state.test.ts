import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { acquireJournal } from '../../../src/journal/journal.ts';
import type { MachineState } from '../../../src/report/results.ts';
import { altered } from '../../support/indexes/indexes.ts';
import type { CgiAnswered, RunOptions } from '../../support/machine/machine.ts';
import { expectReport } from '../../support/machine/station.ts';
import { FIRST, FLY_MACHINE, SECOND, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { killAt } from '../../support/system/strace.ts';

useSource();
const here = useMachine(FLY_MACHINE);

/** Asks, and holds that nothing at all has changed by it: the state directory included. */
async function ask(options: RunOptions = {}): Promise<{ answer: CgiAnswered; state: MachineState }> {
  const before = here.machine.snapshot();
  const kept = existsSync(join(here.machine.dbDir, '.update_config'));
  const answer = await here.machine.post('state=1', options);
  expect(here.machine.snapshot()).toEqual(before);
  expect(existsSync(join(here.machine.dbDir, '.update_config'))).toBe(kept);
  return { answer, state: answer.result as unknown as MachineState };
}

describe('POST ?state=1', () => {
  it('on an empty machine says so, and makes nothing', async () => {
    here.machine.isFromSource = false;
    const { answer, state } = await ask();
    expect(answer).toMatchObject({ status: 200, exitCode: 0 });
    expectReport(answer.body);
    expect(state).toEqual({
      outcome: 'state',
      machine: 'd8912',
      region: 'iad',
      index: null,
      files: [],
      pendingReload: false,
      fallback: null,
      lastRun: null,
      version: expect.stringMatching(/^0\.1\.0\+[0-9a-f]{12}$/),
    });
  });

  it('names the installed index and the last run, to anybody, and asks no store', async () => {
    const { result } = await here.machine.post();
    const { answer, state } = await ask({ env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' } });
    expect(answer.status).toBe(200);
    expect(state).toMatchObject({
      index: { ...result.index, etag: here.etag },
      pendingReload: false,
      lastRun: { run: result.run, trigger: 'cgi', outcome: 'updated', errorCode: null },
    });
    expect(answer.body).toContain(`ETag ${here.etag}`);
    expect(state.files).toEqual(result.files.map((file) => ({ ...file, changed: false })));
  });

  it('names the files that are not what the installed index gives', async () => {
    await here.installed();
    appendFileSync(here.machine.path('htpasswd'), 'eve:{SHA}x');
    rmSync(here.machine.path('map.yml'));
    const { answer, state } = await ask();
    const changed = state.files.filter((file) => file.changed);
    expect(changed.map(({ kind }) => kind).sort()).toEqual(['htpasswd', 'map']);
    expect(answer.body).toContain(`File ${here.machine.path('map.yml')}: not what this index gives`);
  });

  it('on a machine whose index is damaged, or has no user who can log in, still answers', async () => {
    writeFileSync(
      here.machine.path('index.sqlite3'),
      'no database at all, and long enough to be looked at as one',
    );
    expect((await ask()).state).toMatchObject({ index: null, files: [] });
    writeFileSync(here.machine.path('index.sqlite3'), altered(FIRST, 'UPDATE users SET password = NULL'));
    expect((await ask()).state).toMatchObject({ index: { etag: null, source: 'local' }, files: [] });
  });

  it('answers in JSON if the request prefers it', async () => {
    const { answer } = await ask({ env: { HTTP_ACCEPT: 'application/json' } });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(answer.body)).toMatchObject({ outcome: 'state', machine: 'd8912' });
  });

  it('names no ETag for an index that was changed by hand, nor for one that was rolled back to', async () => {
    await here.installed();
    const db = openDatabase(here.machine.path('index.sqlite3'));
    db.exec("UPDATE locations SET name = 'Elsewhere' WHERE id = 2");
    db.close();
    expect((await ask()).state.index).toMatchObject({ etag: null, source: 'local' });

    await here.published.publish(SECOND, new Date());
    await here.machine.post();
    expect((await ask()).state.index?.source).toBe('store');
    expect((await here.machine.run(['--rollback'])).exitCode).toBe(0);
    expect((await ask()).state).toMatchObject({
      index: { etag: null, source: 'local' },
      lastRun: { trigger: 'rollback' },
    });
  });

  it('reports an update that was killed half-way, after its index was installed', async () => {
    here.machine.isFromSource = false;
    await here.installed();
    const next = await here.published.publish(SECOND, new Date());
    expect(await killAt(here.machine, { name: 'rename', nth: 3, text: '' }, {})).toBe(true);
    expect((await ask()).state).toMatchObject({
      index: { etag: next },
      pendingReload: true,
      lastRun: { outcome: 'interrupted' },
    });
  });

  it('waits for a running update, and then asks the caller to try again', async () => {
    await here.installed();
    const journal = await acquireJournal({ dbDir: here.machine.dbDir, timeoutMs: 5000 });
    try {
      const { answer } = await ask({ env: { UPDATE_CONFIG_LOCK_TIMEOUT: '0' } });
      expect(answer).toMatchObject({ status: 503, exitCode: 1, result: { error: { code: 'lock-timeout' } } });
      expect(answer.headers['retry-after']).toBe('10');
    } finally {
      journal.close();
    }
  });

  it('that is misspelt, or mixed with what does something, does nothing', async () => {
    const before = here.machine.snapshot();
    for (const query of ['state', 'State=1', 'state=yes', 'state=1&force=1']) {
      expect(await here.machine.post(query)).toMatchObject({
        status: 400,
        result: { error: { code: 'usage' } },
      });
    }
    expect(here.machine.snapshot()).toEqual(before);
  });

  it('is refused by GET like everything else', async () => {
    expect(await here.machine.post('state=1', { env: { REQUEST_METHOD: 'GET' } })).toMatchObject({
      status: 405,
    });
  });
});
