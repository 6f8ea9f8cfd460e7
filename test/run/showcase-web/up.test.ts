import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRunsFile, proveWritable } from '../../../src/runs/runs-file.ts';
import { Machine } from '../../support/machine/machine.ts';
import { readMetrics } from '../../support/machine/metrics.ts';
import { atEnd } from '../../support/suite/at-end.ts';
import { Mounts } from '../../support/system/mounts.ts';
import { WebProcess, withWebIndex } from '../../support/web/web-process.ts';

it('up answers 503, without a word of this host, while the disk takes nothing, and 200 again afterwards', async () => {
  const machine = withWebIndex(new Machine());
  atEnd(() => machine.remove());
  const state = join(machine.dbDir, 'web');
  mkdirSync(state);
  const mounts = await Mounts.open();
  atEnd(() => mounts.close());
  mounts.mountMemory(state, 4096);
  const server = new WebProcess(machine, undefined, { WEB_STATE_DIR: state }, mounts.through);
  atEnd(() => server.stop('SIGKILL'));
  const up = await server.ask('/up');
  expect([up.status, await up.json()]).toMatchObject([200, { storage: 'ok', pid: expect.any(Number) }]);

  mounts.leaveFree(state, 0);
  await expect.poll(async () => (await server.ask('/up')).status).toBe(503);
  const full = await server.ask('/up');
  expect(full.headers.get('retry-after')).toBe('5');
  const text = await full.text();
  expect(JSON.parse(text)).toMatchObject({ server: 'showcase-web', storage: 'unwritable' });
  expect(text).not.toContain(machine.dbDir);
  const { value } = readMetrics(await (await server.ask('/metrics')).text());
  expect(value('showcase_web_storage_writable')).toBe(0);
  expect(value('showcase_web_storage_free_bytes')).toBe(0);

  mounts.leaveFree(state, null);
  await expect.poll(async () => (await server.ask('/up')).status).toBe(200);
});

it('a record of runs is proved to be writable without a change to it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'runs-'));
  atEnd(() => rmSync(directory, { recursive: true }));
  const db = openRunsFile(directory);
  const version = db.pragma('user_version', { simple: true });
  proveWritable(db);
  expect(db.pragma('user_version', { simple: true })).toBe(version);
  db.close();
});

it('the token of METRICS_TOKEN_FILE opens the metrics, and a file that others can read keeps the server from its start', async () => {
  const machine = withWebIndex(new Machine());
  atEnd(() => machine.remove());
  const file = join(machine.home, 'metrics-token');
  writeFileSync(file, 'a-token-of-thirty-two-characters\n', { mode: 0o600 });
  const start = (): WebProcess => {
    const server = new WebProcess(machine, undefined, { METRICS_TOKEN_FILE: file });
    atEnd(() => server.stop('SIGKILL'));
    return server;
  };
  const server = start();
  const ask = async (token: string) => {
    const headers = { 'X-Forwarded-For': '192.0.2.7', Authorization: `Bearer ${token}` };
    return await fetch(`${await server.url()}/metrics`, { headers });
  };
  expect((await ask('a-token-of-thirty-two-characters')).status).toBe(200);
  expect((await ask('another-token')).status).toBe(401);
  await server.stop();
  chmodSync(file, 0o644);
  const refused = start();
  expect(await refused.ended).toBe(1);
  expect(refused.stderr).toContain('METRICS_TOKEN_FILE names');
});

it.each(['guessable', 'a token with white space in it'])(
  'a token for the metrics that is %j keeps the server from its start',
  async (token) => {
    const machine = withWebIndex(new Machine());
    atEnd(() => machine.remove());
    const file = join(machine.home, 'metrics-token');
    writeFileSync(file, token, { mode: 0o600 });
    const server = new WebProcess(machine, undefined, { METRICS_TOKEN_FILE: file });
    atEnd(() => server.stop('SIGKILL'));
    expect(await server.ended).toBe(1);
    expect(server.stderr).toContain('METRICS_TOKEN has less than 16 characters, or white space in it');
    expect(server.stderr).not.toContain(token);
  },
);
