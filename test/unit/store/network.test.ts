import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReader } from '../../../src/store/reader.ts';
import { createStore } from '../../../src/store/store.ts';
import { always, first, s3Error } from '../../support/store/fault-proxy.ts';
import { runClient } from '../../support/store/run-client.ts';
import { failureOf, spoiledStore } from '../../support/store/spoiled-store.ts';

const KEY = 'db/index.sqlite3';
const spoiled = spoiledStore();
beforeAll(async () => {
  const options = { condition: { replaces: 'anything' as const }, metadata: {}, contentType: 'text/plain' };
  await spoiled.direct.put(KEY, Buffer.from('the index'), options);
});

const getFrom = (endpoint: string, timeoutMs = 30_000) => {
  const settings = { ...spoiled.settings, endpoint, timeoutMs };
  const get = createReader(settings).get(KEY, { maxBytes: 100 });
  return get.catch((error: unknown) => failureOf(error, settings));
};

/** A port on which `server` listens, until the test's file ends. */
const servers: Server[] = [];
afterAll(() => servers.map((server) => server.close()));
async function portOf(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('the time-out of the store', () => {
  test.each([
    ['nothing is answered', 'request' as const],
    ['the body stalls at its beginning', 0],
    ['the body stalls', 4],
  ])('ends a GET when %s', async (_, after) => {
    spoiled.proxy.plan(always({ kind: 'hang', after }));
    const outcome = await getFrom(spoiled.proxy.endpoint, 1500);
    expect(outcome).toMatchObject({
      code: 'store-timeout',
      message: `GET showcase/${KEY}: no answer from ${spoiled.proxy.endpoint} within 1.5 s`,
      hint: expect.stringContaining('UPDATE_CONFIG_STORE_TIMEOUT'),
    });
    expect(spoiled.proxy.requests).toHaveLength(1);
  });

  test('ends a GET whose answer begins late', async () => {
    spoiled.proxy.plan(always({ kind: 'slow', delay: 60_000, bytesPerSecond: 1e9 }));
    expect(await getFrom(spoiled.proxy.endpoint, 900)).toMatchObject({ code: 'store-timeout' });
  });

  test('covers all attempts, and the message says what the earlier ones met', async () => {
    spoiled.proxy.plan(first(s3Error(503, 'SlowDown'), { kind: 'hang', after: 'request' }));
    const outcome = await getFrom(spoiled.proxy.endpoint, 3000);
    expect(outcome).toMatchObject({
      code: 'store-timeout',
      message: expect.stringContaining('HTTP 503 (SlowDown)'),
    });
    expect(spoiled.proxy.requests).toHaveLength(2);
  });

  test('ends PUT, HEAD and listing too', async () => {
    spoiled.proxy.plan(always({ kind: 'hang', after: 'request' }));
    const store = createStore({ ...spoiled.settings, timeoutMs: 300 });
    const options = { condition: { replaces: 'anything' as const }, metadata: {}, contentType: 'text/plain' };
    await expect(store.put(KEY, Buffer.from('x'), options)).rejects.toMatchObject({ code: 'store-timeout' });
    await expect(store.head(KEY)).rejects.toMatchObject({ code: 'store-timeout' });
    const listing = store.list('')[Symbol.asyncIterator]();
    await expect(listing.next()).rejects.toMatchObject({ code: 'store-timeout' });
  });

  test('ends a connection that is accepted but never answered', async () => {
    const port = await portOf(createServer());
    expect(await getFrom(`http://127.0.0.1:${port}`, 300)).toMatchObject({ code: 'store-timeout' });
  });
});

describe('an endpoint', () => {
  test('that refuses connections is unreachable after four attempts', async () => {
    expect(await getFrom('http://127.0.0.1:1')).toMatchObject({
      code: 'store-unreachable',
      message: `GET showcase/${KEY}: connection failed (ECONNREFUSED) at http://127.0.0.1:1, 4 attempts`,
      hint: expect.stringContaining('AWS_ENDPOINT_URL_S3'),
    });
  });

  test('that does not speak HTTP is unreachable', async () => {
    const port = await portOf(createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    expect(await getFrom(`http://127.0.0.1:${port}`)).toMatchObject({ code: 'store-unreachable' });
  });

  test('that changes to another protocol is not an S3 store, and is not waited for', async () => {
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const port = await portOf(createServer((socket) => socket.write(answer)));
    expect(await getFrom(`http://127.0.0.1:${port}`)).toMatchObject({
      code: 'store-corrupt',
      message: `GET showcase/${KEY}: the connection ended without an answer, 4 attempts`,
      hint: expect.stringContaining('an S3 store does not answer there'),
    });
  });

  test('that does not speak TLS is unreachable', async () => {
    const endpoint = spoiled.proxy.endpoint.replace('http:', 'https:');
    expect(await getFrom(endpoint)).toMatchObject({ code: 'store-unreachable' });
  });

  test('may have a path before the bucket', async () => {
    spoiled.proxy.plan(always(s3Error(404, 'NoSuchKey')));
    expect(await getFrom(`${spoiled.proxy.endpoint}/a/b`)).toEqual({ kind: 'missing' });
    expect(spoiled.proxy.requests[0]?.path).toMatch(/^\/a\/b\/showcase\/db\/index\.sqlite3(\?|$)/);
  });
});

describe('the store over TLS', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tls-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  const certificate = join(dir, 'certificate.pem');
  const key = join(dir, 'key.pem');
  let connections = 0;
  let endpoint: string;
  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const files = ['-keyout', key, '-out', certificate];
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      ...files,
      ...subject,
    ];
    execFileSync('openssl', args, { stdio: 'pipe' });
    const server = createHttps({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, response) =>
      response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>'),
    );
    server.on('connection', () => connections++);
    endpoint = `https://127.0.0.1:${await portOf(server)}`;
  });

  test('is refused at once with an invalid certificate', async () => {
    connections = 0;
    expect(await getFrom(endpoint)).toMatchObject({
      code: 'store-unreachable',
      message: expect.stringContaining('certificate'),
      hint: expect.stringContaining('certificate'),
    });
    expect(connections).toBe(1);
  });

  test('is reached with a valid certificate', async () => {
    const settings = { ...spoiled.settings, endpoint };
    const outcome = await runClient(settings, KEY, { NODE_EXTRA_CA_CERTS: certificate });
    expect(outcome).toEqual({ get: { kind: 'missing' } });
  });
});
