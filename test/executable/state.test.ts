import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../dev/sample/sample.ts';
import { acquireJournal } from '../../src/journal/journal.ts';
import type { MachineState } from '../../src/report/types.ts';
import { openDatabase } from '../../src/sqlite.ts';
import { altered } from '../support/indexes.ts';
import { type CgiAnswered, Machine, type RunOptions } from '../support/machine.ts';
import { type Published, startPublished } from '../support/published.ts';
import { killAt } from '../support/strace.ts';
import { expectReport } from './station.ts';

const FIRST = makeSampleIndex();
const SECOND = changeSample(FIRST).index;

let published: Published;
let machine: Machine;
let etag: string;
beforeAll(async () => {
  published = await startPublished();
});
afterAll(() => published.close());
beforeEach(async () => {
  etag = await published.publish(FIRST, new Date('2026-01-02T03:04:05Z'));
  machine = new Machine({
    ...published.env,
    FLY_APP_NAME: 'smooth',
    FLY_REGION: 'iad',
    FLY_MACHINE_ID: 'd8912',
  });
});
afterEach(() => machine.remove());

/** Asks, and holds that nothing at all has changed by it: the state directory included. */
async function ask(options: RunOptions = {}): Promise<{ answer: CgiAnswered; state: MachineState }> {
  const before = machine.snapshot();
  const kept = existsSync(join(machine.dbDir, '.update_config'));
  const answer = await machine.post('state=1', options);
  expect(machine.snapshot()).toEqual(before);
  expect(existsSync(join(machine.dbDir, '.update_config'))).toBe(kept);
  return { answer, state: answer.result as unknown as MachineState };
}

describe('POST ?state=1', () => {
  it('on a machine that has nothing says so, and makes nothing', async () => {
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
      lastRun: null,
    });
  });

  it('names the installed index and the last run, to anybody, and asks no store', async () => {
    const { result } = await machine.post();
    const { answer, state } = await ask({ env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' } });
    expect(answer.status).toBe(200);
    expect(state).toMatchObject({
      index: { ...result.index, etag },
      pendingReload: false,
      lastRun: { run: result.run, trigger: 'cgi', outcome: 'updated', errorCode: null },
    });
    expect(answer.body).toContain(`ETag ${etag}`);
    expect(state.files).toEqual(result.files.map((file) => ({ ...file, changed: false })));
  });

  it('names the files that are not what the installed index gives', async () => {
    await machine.post();
    appendFileSync(machine.path('htpasswd'), 'eve:{SHA}x');
    rmSync(machine.path('map.yml'));
    const { answer, state } = await ask();
    const changed = state.files.filter((file) => file.changed);
    expect(changed.map(({ kind }) => kind).sort()).toEqual(['htpasswd', 'map']);
    expect(answer.body).toContain(`File ${machine.path('map.yml')}: not what this index gives`);
  });

  it('on a machine whose index is no index, or holds nobody who could log in, still answers', async () => {
    writeFileSync(
      machine.path('index.sqlite3'),
      'no database at all, and long enough to be looked at as one',
    );
    expect((await ask()).state).toMatchObject({ index: null, files: [] });
    writeFileSync(machine.path('index.sqlite3'), altered(FIRST, 'UPDATE users SET password = NULL'));
    expect((await ask()).state).toMatchObject({ index: { etag: null, source: 'local' }, files: [] });
  });

  it('answers in JSON whoever prefers it', async () => {
    const { answer } = await ask({ env: { HTTP_ACCEPT: 'application/json' } });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(answer.body)).toMatchObject({ outcome: 'state', machine: 'd8912' });
  });

  it('names no ETag for an index that was changed by hand, nor for one that was rolled back to', async () => {
    await machine.post();
    const db = openDatabase(machine.path('index.sqlite3'));
    db.exec("UPDATE locations SET name = 'Elsewhere' WHERE id = 2");
    db.close();
    expect((await ask()).state.index).toMatchObject({ etag: null, source: 'local' });

    await published.publish(SECOND, new Date());
    await machine.post();
    expect((await ask()).state.index?.source).toBe('store');
    expect((await machine.run(['--rollback'])).exitCode).toBe(0);
    expect((await ask()).state).toMatchObject({
      index: { etag: null, source: 'local' },
      lastRun: { trigger: 'rollback' },
    });
  });

  it('tells of an update that was killed half-way, and whose index already stands there', async () => {
    await machine.post();
    const next = await published.publish(SECOND, new Date());
    expect(await killAt(machine, { name: 'rename', nth: 2, text: '' }, {})).toBe(true);
    expect((await ask()).state).toMatchObject({
      index: { etag: next },
      pendingReload: true,
      lastRun: { outcome: 'interrupted' },
    });
  });

  it('waits for an update that is under way, and then asks to be asked again', async () => {
    await machine.post();
    const journal = await acquireJournal({ dbDir: machine.dbDir, timeoutMs: 5000 });
    try {
      const { answer } = await ask({ env: { UPDATE_CONFIG_LOCK_TIMEOUT: '0' } });
      expect(answer).toMatchObject({ status: 503, exitCode: 1, result: { error: { code: 'lock-timeout' } } });
      expect(answer.headers['retry-after']).toBe('10');
    } finally {
      journal.close();
    }
  });

  it('that is misspelt, or mixed with what does something, does nothing', async () => {
    const before = machine.snapshot();
    for (const query of ['state', 'State=1', 'state=yes', 'state=1&force=1']) {
      expect(await machine.post(query)).toMatchObject({ status: 400, result: { error: { code: 'usage' } } });
    }
    expect(machine.snapshot()).toEqual(before);
  });

  it('is refused by GET like everything else', async () => {
    expect(await machine.post('state=1', { env: { REQUEST_METHOD: 'GET' } })).toMatchObject({ status: 405 });
  });
});
