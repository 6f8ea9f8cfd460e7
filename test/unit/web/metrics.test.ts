import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Storage } from '../../../src/web/monitor/storage.ts';
import { KEY } from '../../support/callbacks/vectors.ts';
import { readMetrics } from '../../support/machine/metrics.ts';
import { exchange, rawPost } from '../../support/servers/raw-http.ts';
import { atEnd } from '../../support/suite/at-end.ts';
import { CallbackSender } from '../../support/web/deploys/callback-sender.ts';
import { outOfStep, PlayedFleet } from '../../support/web/played-fleet.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

const TOKEN = 'a-token-of-thirty-two-characters';
const BEARER = { Authorization: `Bearer ${TOKEN}` };

describe('the metrics of the web server', () => {
  let server: TestServer;
  let fleet: PlayedFleet;

  const scrape = async () => readMetrics(await (await server.ask('/metrics')).text());

  beforeAll(async () => {
    fleet = new PlayedFleet();
    atEnd(() => fleet.close());
    server = await startWeb({ command: fleet.command });
    server.context.deploys.projects.addKey('default', KEY);
  });

  it('are in the text format, for whoever asks from this host', async () => {
    const answer = await server.ask('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { value } = readMetrics(await answer.text());
    expect(value('showcase_web_storage_writable')).toBe(1);
    expect(value('showcase_web_storage_free_bytes')).toBeGreaterThan(0);
    expect(value('process_start_time_seconds')).toBeGreaterThan(0);
  });

  it.each([
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Forwarded-For', ''],
    ['X-Forwarded-Host', 'localhost'],
    ['Forwarded', 'for=127.0.0.1'],
    ['Via', '1.1 navigator'],
  ])('are refused to who comes through a proxy of this host, by %s', async (name, value) => {
    const answer = await server.ask('/metrics', 'nobody', { headers: { [name]: value } });
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('showcase_web_');
  });

  it('are given through a proxy to who has the token, and to no other', async () => {
    const guarded = await startWeb({ env: { METRICS_TOKEN: TOKEN } });
    const through = { 'X-Forwarded-For': '192.0.2.7' };
    const as = async (headers: Record<string, string>) =>
      (await guarded.ask('/metrics', 'nobody', { headers: { ...through, ...headers } })).status;
    expect(await as(BEARER)).toBe(200);
    expect(await as({ Authorization: `Bearer ${TOKEN}x` })).toBe(401);
    expect(await as({ Authorization: 'Bearer ' })).toBe(401);
    expect((await guarded.ask('/metrics', 'administrator', { headers: through })).status).toBe(401);
    // A proxy on this host that adds no header cannot be told from a program of this host.
    expect((await guarded.ask('/metrics')).status).toBe(401);
    expect((await guarded.ask('/metrics', 'nobody', { headers: BEARER })).status).toBe(200);
    const text = await (await guarded.ask('/metrics', 'nobody', { headers: BEARER })).text();
    expect(text).not.toContain(TOKEN);
  });

  it('are refused through a proxy where there is no token', async () => {
    for (const Authorization of ['Bearer undefined', 'Bearer null', 'Bearer x']) {
      const headers = { 'X-Forwarded-For': '192.0.2.7', Authorization };
      expect((await server.ask('/metrics', 'nobody', { headers })).status).toBe(401);
    }
  });

  it.each([
    ['evil.example:9898', 401],
    ['localhost.evil.example', 401],
    ['127.0.0.1.evil.example:80', 401],
    ['localhost:9898', 200],
    ['127.0.0.1:9898', 200],
    ['[::1]:9898', 200],
  ])('are refused to a page of the web whose name leads to this host: %s gets %i', async (Host, status) => {
    const path = `${new URL(server.url).pathname}/metrics`;
    expect((await exchange(server.port, rawPost(path, { Host }, '', 'GET'))).status).toBe(status);
  });

  it('count a run once, by how it ended and by who asked for it', async () => {
    const { runs } = server.context;
    const before = await scrape();
    const run = runs.change(runs.publish('ada', 'administrator'))?.run ?? '';
    await expect.poll(() => runs.run(run)?.state).toBe('done');
    const after = await scrape();
    const labels = { outcome: 'done', trigger: 'administrator' };
    expect(after.value('showcase_web_runs_total', labels)).toBe(
      (before.value('showcase_web_runs_total', labels) ?? 0) + 1,
    );
    const length = { outcome: 'done', kind: 'update' };
    expect(after.value('showcase_web_run_duration_seconds_count', length)).toBe(1);
    expect(after.value('showcase_web_runs', { state: 'done' })).toBe(1);
    expect(after.value('showcase_web_runs', { state: 'waiting' })).toBe(0);
    expect(after.value('showcase_web_run_last_end_timestamp_seconds', { outcome: 'done' })).toBe(
      Date.parse(runs.run(run)?.endedAt ?? '') / 1000,
    );
    expect(after.value('showcase_web_changes', { state: 'live' })).toBe(1);
    const machines = runs.run(run)?.report?.machines.length;
    expect(after.value('showcase_web_last_run_machines', { outcome: 'updated' })).toBe(machines);
  });

  it('tell the run that is under way, and the one that waits', async () => {
    const { runs } = server.context;
    const release = fleet.hold('update');
    const first = runs.change(runs.publish('ada', 'edit'))?.run ?? '';
    await expect.poll(() => runs.run(first)?.state).toBe('running');
    const second = runs.change(runs.publish('ben', 'edit'))?.run ?? '';
    const { value } = await scrape();
    expect(value('showcase_web_runs', { state: 'running' })).toBe(1);
    expect(value('showcase_web_runs', { state: 'waiting' })).toBe(1);
    expect(value('showcase_web_run_under_way_since_timestamp_seconds')).toBe(
      Date.parse(runs.run(first)?.beganAt ?? '') / 1000,
    );
    expect(value('showcase_web_run_waiting_since_timestamp_seconds')).toBe(
      Date.parse(runs.run(second)?.madeAt ?? '') / 1000,
    );
    release();
    await expect.poll(() => runs.run(second)?.state).toBe('done');
    expect((await scrape()).value('showcase_web_run_under_way_since_timestamp_seconds')).toBeUndefined();
  });

  it('tell what the machines said when they were last asked', async () => {
    const { verify } = server.context.fleet;
    expect((await scrape()).value('showcase_web_machines', { state: 'differs' })).toBeUndefined();
    const ended = outOfStep();
    fleet.says('verify', ended, 1);
    await verify.ask('ada');
    const { value } = await scrape();
    for (const state of ['same', 'differs', 'failed'])
      expect(value('showcase_web_machines', { state })).toBe(
        ended.machines.filter(({ outcome }) => outcome === state).length,
      );
    expect(value('showcase_web_machines', { state: 'skipped' })).toBe(ended.skipped.length);
    expect(value('showcase_web_machines_asked_timestamp_seconds')).toBe(
      Date.parse(verify.last?.at ?? '') / 1000,
    );
    expect(value('showcase_web_published_index_timestamp_seconds')).toBeGreaterThan(0);
  });

  it('count callbacks that were accepted and refused, and runs that were received by where they stand', async () => {
    const sender = new CallbackSender(server);
    expect((await sender.start()).status).toBe(200);
    expect((await new CallbackSender(server, { key: 'f'.repeat(64) }).start()).status).toBe(401);
    const { value } = await scrape();
    expect(value('showcase_web_callbacks_total', { result: 'accepted' })).toBe(1);
    expect(value('showcase_web_callbacks_total', { result: 'refused' })).toBe(1);
    expect(value('showcase_web_received_runs', { standing: 'started' })).toBe(1);
    expect(value('showcase_web_received_runs', { standing: 'gone' })).toBe(0);
  });

  it('count logins that failed, mails that wait, and watchers', async () => {
    const { mail, watchers } = server.context;
    const Authorization = `Basic ${Buffer.from('nobody:wrong').toString('base64')}`;
    expect((await server.ask('/requests/', 'nobody', { headers: { Authorization } })).status).toBe(401);
    mail.sendResetLink(1, 'ada');
    const place = watchers.enter('ada');
    const { value } = await scrape();
    expect(value('showcase_web_login_failures_total')).toBe(1);
    expect(value('showcase_web_passwords_waiting')).toBe(0);
    expect(value('showcase_web_outbox_messages', { outbox: 'mail', state: 'waiting' })).toBe(1);
    expect(value('showcase_web_watchers')).toBe(1);
    place.leave();
  });

  it('count requests by the pattern of their route, so that no address makes a series of its own', async () => {
    for (const path of ['/runs/one', '/runs/two', '/no/such/page', '/deploys/"}\n1', '/admin/%2e%2e/x'])
      await server.ask(path, 'administrator');
    await server.ask('/up', 'nobody', { method: 'PROPFIND' });
    const { samples, value } = await scrape();
    const counted = samples.filter(({ name }) => name === 'showcase_web_http_requests_total');
    const patterns = new Set([
      'none',
      ...(await import('../../../src/web/routes.ts')).ROUTES.map(({ path }) => path),
    ]);
    expect(counted.filter(({ labels }) => !patterns.has(labels['route'] ?? ''))).toEqual([]);
    const runs = { route: '/runs/:id', method: 'GET', status: '404' };
    expect(value('showcase_web_http_requests_total', runs)).toBe(2);
    expect(value('showcase_web_http_request_duration_seconds_count', { route: '/runs/:id' })).toBe(2);
    expect(counted.map(({ labels }) => labels['method'])).toContain('other');
  });

  it('have no name, address or text that somebody typed', async () => {
    const text = await (await server.ask('/metrics')).text();
    for (const typed of ['ada', 'ben', '12345', server.home, 'no/such']) expect(text).not.toContain(typed);
  });
});

describe('the storage of the web server', () => {
  it('is asked once in five seconds, however many ask', () => {
    let now = 0;
    let asked = 0;
    const directory = mkdtempSync(join(tmpdir(), 'storage-'));
    atEnd(() => execFileSync('rm', ['-r', directory]));
    const storage = new Storage({ proveWritable: () => void asked++ }, directory, () => now);
    for (const at of [0, 1000, 4999]) {
      now = at;
      expect(storage.state().problem).toBeNull();
    }
    expect(asked).toBe(1);
    now = 5000;
    storage.state();
    expect(asked).toBe(2);
  });
});
