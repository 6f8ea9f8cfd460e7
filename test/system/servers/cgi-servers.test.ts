import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex, SAMPLE_ADMINISTRATOR } from '../../../dev/sample/sample.ts';
import type { RunResult } from '../../../src/report/results.ts';
import { FEW } from '../../support/indexes/few.ts';
import { basic, Machine } from '../../support/machine/machine.ts';
import { type Published, startPublished, storeEnvironment } from '../../support/machine/published.ts';
import { exchange, open, type RawAnswer, rawPost } from '../../support/servers/raw-http.ts';
import {
  isInstalled,
  type ServerName,
  startWebServer,
  type WebServer,
} from '../../support/servers/web-servers.ts';
import { type FaultProxy, startFaultProxy } from '../../support/store/fault-proxy.ts';

const PATH = '/showcase/update_config';
const TOKEN = 'a-token-of-some-length';
const FIRST = makeSampleIndex(FEW);
const SECOND = changeSample(FIRST).index;
const SERVERS: readonly ServerName[] = ['lighttpd', 'apache'];

it.each(SERVERS)('%s is installed', (name) => {
  expect(isInstalled(name), 'run: node dev/setup.mjs --system').toBe(true);
});

describe.each(SERVERS)('%s', (name) => {
  let published: Published;
  let proxy: FaultProxy;
  let machine: Machine;
  let server: WebServer;
  let clock = Date.parse('2026-01-02T03:04:05Z');

  beforeAll(async () => {
    published = await startPublished();
    proxy = await startFaultProxy(published.settings.endpoint);
    machine = new Machine({
      ...storeEnvironment(published.settings, proxy.endpoint),
      FLY_APP_NAME: 'smooth',
      FLY_REGION: 'iad',
      FLY_MACHINE_ID: 'd8912',
      UPDATE_CONFIG_TOKEN: TOKEN,
      UPDATE_CONFIG_LOCK_TIMEOUT: '60',
    });
    server = await startWebServer(name, machine);
    await publish(FIRST);
    expect(resultOf(await post())).toMatchObject({ outcome: 'updated' });
  });
  afterAll(async () => {
    await server.close();
    await proxy.close();
    await published.close();
    machine.remove();
  });

  const post = (headers: Record<string, string> = {}, body = '', query = '', method = 'POST') =>
    exchange(
      server.port,
      rawPost(PATH + query, { 'Content-Length': String(body.length), ...headers }, body, method),
    );

  async function publish(index: Buffer): Promise<void> {
    clock += 1000;
    await published.publish(index, new Date(clock));
  }

  /** The other of the two indexes, so that there is something to do. */
  async function publishAnother(): Promise<void> {
    await publish(machine.read('navigator.yml').includes('tea-dance') ? FIRST : SECOND);
  }

  async function untouched(work: () => Promise<void>): Promise<void> {
    await publishAnother();
    const before = machine.snapshot();
    await work();
    expect(machine.snapshot()).toEqual(before);
  }

  it('hands on status, headers and body', async () => {
    const answer = await post();
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers).not.toHaveProperty('status');
    expect(answer.body).toMatch(/^\[2\d{3}-.*\nRESULT \{.*\}\n$/s);
    expect(resultOf(answer)).toMatchObject({ outcome: 'unchanged', machine: 'd8912', region: 'iad' });
  });

  it('hands on the requested format of the answer', async () => {
    const answer = await post({ Accept: 'application/json' });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.body)).toMatchObject({ outcome: 'unchanged' });
  });

  it.each(['GET', 'PUT', 'DELETE'])('hands on a %s, which is refused', async (method) => {
    await untouched(async () => {
      const answer = await post({}, '', '', method);
      expect(answer.status).toBe(405);
      expect(answer.headers['allow']).toBe('POST');
      expect(resultOf(answer).error?.code).toBe('method-not-allowed');
    });
  });

  it('gives a HEAD no body', async () => {
    const answer = await post({}, '', '', 'HEAD');
    expect(answer).toMatchObject({ status: 405, body: '' });
  });

  // RFC 3875, 4.4: a query without `=` becomes command line arguments, for GET and HEAD, whatever it says.
  it.each(['--rollback', '--help'])('cannot be made to pass %s as an argument', async (argument) => {
    await untouched(async () => {
      expect((await post({}, '', `?${argument}`, 'GET')).status).toBe(405);
    });
  });

  it('passes credentials on', async () => {
    await untouched(async () => {
      const refused = await post({}, '', '?dry_run=1');
      expect(refused.status).toBe(401);
      expect(refused.headers['www-authenticate']).toMatch(/^Basic realm="Showcase"/);
      for (const authorization of [
        basic(SAMPLE_ADMINISTRATOR.userid, SAMPLE_ADMINISTRATOR.password),
        `Bearer ${TOKEN}`,
      ]) {
        const answer = await post({ Authorization: authorization }, '', '?dry_run=1');
        expect(resultOf(answer)).toMatchObject({ outcome: 'dry-run' });
        expect(answer.body).toContain('\n--- ');
      }
    });
  });

  describe('with a body', () => {
    const refused = (answer: RawAnswer) => {
      expect(answer.status).toBe(415);
      expect(resultOf(answer).error?.code).toBe('body-not-accepted');
    };

    it('of a known length, a few bytes or a megabyte, is refused', async () => {
      await untouched(async () => {
        for (const length of [5, 1_000_000]) refused(await post({}, 'x'.repeat(length)));
      });
    });

    it('is refused with the method', async () => {
      await untouched(async () => {
        expect((await post({}, 'x'.repeat(1_000_000), '', 'PUT')).status).toBe(405);
      });
    });

    it('in chunks is refused', async () => {
      await untouched(async () => {
        const bytes = rawPost(PATH, { 'Transfer-Encoding': 'chunked' }, '5\r\nhello\r\n0\r\n\r\n');
        refused(await exchange(server.port, bytes));
      });
    });

    it('of zero chunks is none', async () => {
      const answer = await exchange(
        server.port,
        rawPost(PATH, { 'Transfer-Encoding': 'chunked' }, '0\r\n\r\n'),
      );
      expect(answer.status).toBe(200);
    });

    it('that is shorter than announced changes nothing', async () => {
      await untouched(async () => {
        const answer = await exchange(server.port, rawPost(PATH, { 'Content-Length': '10' }, 'abc'), true);
        expect(answer.status).not.toBe(200);
      });
    });

    it('that is cut off within a chunk changes nothing', async () => {
      await untouched(async () => {
        const bytes = rawPost(PATH, { 'Transfer-Encoding': 'chunked' }, '5\r\nhe');
        expect((await exchange(server.port, bytes, true)).status).not.toBe(200);
      });
    });

    it('that is longer than announced is ignored beyond its length', async () => {
      const answer = await exchange(server.port, rawPost(PATH, { 'Content-Length': '0' }, 'hello'));
      expect(answer.status).toBe(200);
    });

    it('of a length that is not a number changes nothing', async () => {
      await untouched(async () => {
        const answer = await exchange(server.port, rawPost(PATH, { 'Content-Length': '-1' }, 'hello'));
        expect(answer.status).toBeGreaterThanOrEqual(400);
      });
    });

    it('is none without Content-Length, or the server requires one', async () => {
      const { status } = await exchange(server.port, rawPost(PATH, {}));
      expect(status).toBe(name === 'lighttpd' ? 411 : 200);
    });
  });

  it('cannot be given a proxy', async () => {
    await publishAnother();
    const answer = await post({ Proxy: 'http://127.0.0.1:1', 'X-Forwarded-Proto': 'http' });
    expect(resultOf(answer)).toMatchObject({ outcome: 'updated' });
  });

  it('answers ten requests at once with at most two runs', async () => {
    await publishAnother();
    proxy.plan(() => undefined);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const results = answers.map(resultOf);
    expect(results.filter(({ outcome, shared }) => outcome === 'updated' && !shared)).toHaveLength(1);
    expect(new Set(results.map(({ run }) => run)).size).toBeLessThanOrEqual(2 + lateRuns(results));
    expect(existsSync(machine.path('navigator.yml'))).toBe(true);
  });

  it('can lose its client in the middle of an update, and serves the next one', async () => {
    await publishAnother();
    const signal = new EventEmitter();
    proxy.plan(async ({ number }) => {
      if (number > 1) return undefined;
      signal.emit('asked');
      await once(signal, 'go on');
      return undefined;
    });
    const socket = await open(server.port);
    const asked = once(signal, 'asked');
    socket.write(rawPost(PATH, { 'Content-Length': '0' }));
    await asked;
    socket.resetAndDestroy();
    signal.emit('go on');
    const answer = await post();
    expect(answer.status).toBe(200);
    expect(machine.read('navigator.yml')).toContain('auth:');
    expect(resultOf(await post())).toMatchObject({ outcome: 'unchanged' });
  });
});

/** Runs that began only after another had ended: their requests came too late to share it. */
function lateRuns(results: readonly RunResult[]): number {
  return results.filter(({ outcome, shared }) => outcome === 'unchanged' && !shared).length;
}

function resultOf(answer: RawAnswer): RunResult {
  const json = /^RESULT (.*)$/m.exec(answer.body)?.[1];
  if (json === undefined) throw new Error(`no result in: ${answer.status} ${answer.body}`);
  return JSON.parse(json);
}
