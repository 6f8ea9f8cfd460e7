/** Pushes through real web servers, each of which hands a body on in its own way. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/report/results.ts';
import { Machine } from '../../support/machine/machine.ts';
import { giveKeys, newKey, type Pushing, pushOf, type Request } from '../../support/machine/pushing.ts';
import { FIRST, SECOND } from '../../support/machine/use-machine.ts';
import { type ServerName, startWebServer, type WebServer } from '../../support/servers/web-servers.ts';

const KEY = newKey();
const SERVERS: readonly ServerName[] = ['lighttpd', 'apache'];

describe.each(SERVERS)('%s', (name) => {
  let machine: Machine;
  let server: WebServer;
  beforeAll(async () => {
    machine = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web', UPDATE_CONFIG_MAX_INDEX_MIB: '1' });
    giveKeys(machine, KEY);
    server = await startWebServer(name, machine);
  });
  afterAll(async () => {
    await server.close();
    machine.remove();
  });

  /** @param chunked whether the length is not said */
  async function send({ headers, body }: Request, chunked = false) {
    const sent = httpRequest({
      host: '127.0.0.1',
      port: server.port,
      path: '/showcase/update_config',
      method: 'POST',
      headers: { ...headers, ...(chunked ? {} : { 'Content-Length': String(body.length) }) },
    });
    sent.on('error', () => {}); // a reset behind the answer
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const text = String(await buffer(response));
    const result = JSON.parse(/^RESULT (.*)$/m.exec(text)?.[1] ?? 'null') as RunResult | null;
    return { status: response.statusCode, date: response.headers.date, result };
  }
  const push = (pushing: Partial<Pushing>, chunked = false) =>
    send(pushOf({ key: KEY, index: FIRST, ...pushing }), chunked);

  it('hands on a signed index, compressed or not, with or without a length', async () => {
    expect(await push({ index: SECOND })).toMatchObject({ status: 200, result: { outcome: 'updated' } });
    expect(await push({ index: FIRST, encoding: '' })).toMatchObject({ status: 200 });
    expect(await push({ index: SECOND }, true)).toMatchObject({
      status: 200,
      result: { outcome: 'updated' },
    });
  });

  it('hands on the reason of a refusal, even if the body is not read', async () => {
    const unsigned = await push({ headers: { 'webhook-signature': undefined } });
    expect(unsigned).toMatchObject({ status: 401, result: { error: { code: 'unauthorized' } } });
    expect(Math.abs(Date.parse(unsigned.date ?? '') - Date.now())).toBeLessThan(60_000);
    const large = Buffer.alloc(1024 * 1024 + 1);
    expect(await push({ index: large, encoding: '' })).toMatchObject({
      status: 413,
      result: { error: { code: 'body-too-large' } },
    });
    expect(await push({ index: large })).toMatchObject({ status: 422 });
    expect(await push({ headers: { 'Content-Encoding': 'br' } })).toMatchObject({ status: 415 });
  });

  it('lets the script recognise a replay', async () => {
    const request = pushOf({ key: KEY, index: FIRST });
    expect(await send(request)).toMatchObject({ status: 200 });
    expect(await send(request)).toMatchObject({ status: 401 });
  });
});
