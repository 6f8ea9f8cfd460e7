import { once } from 'node:events';
import type { Socket } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { BodyPlaces } from '../../../../src/http/body-places.ts';
import { TokenBuckets } from '../../../../src/http/token-buckets.ts';
import { DEPLOY, headersOf, KEY, VECTORS } from '../../../support/callbacks/vectors.ts';
import { exchange, open, rawPost } from '../../../support/servers/raw-http.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

const [, vector] = VECTORS;
const MIB = 1024 * 1024;
const SENDERS = 500;

/** By the clock of the places, milliseconds. */
let at: number;
let places: BodyPlaces;
let server: TestServer;

beforeEach(async () => {
  at = 0;
  places = new BodyPlaces(() => at);
  server = await startWeb({
    context: {
      now: () => Number(vector.timestamp) * 1000,
      bodies: places,
      callbackRates: {
        address: new TokenBuckets(() => 0, 10_000),
        project: new TokenBuckets(() => 0, 10_000),
        bytes: new TokenBuckets(() => 0, MIB),
      },
    },
  });
  server.context.deploys.projects.addKey('default', KEY);
});

const path = () => `${server.context.base}/api/deploys/${DEPLOY}/logs`;

/** Announces a whole MiB, and sends a part of it. */
async function slowSender(address: string, more: Record<string, string> = {}): Promise<Socket> {
  const socket = await open(server.port);
  socket.on('error', () => {});
  const headers = { ...headersOf(vector), 'Content-Length': `${MIB}`, 'X-Forwarded-For': address, ...more };
  socket.write(rawPost(path(), headers, '{"logs":['.padEnd(2000)));
  return socket;
}

/** Status and head of what a socket is answered. */
async function answerOf(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString('latin1');
}

const good = (address: string) =>
  exchange(
    server.port,
    rawPost(
      path(),
      { ...headersOf(vector), 'Content-Length': `${vector.body.length}`, 'X-Forwarded-For': address },
      vector.body,
    ),
  );

describe('500 senders whose bodies never end', () => {
  it('from one address take 4 MiB, and the others are told at once to come again', async () => {
    const sockets = await Promise.all(Array.from({ length: SENDERS }, () => slowSender('192.0.2.1')));
    const answers: string[] = [];
    for (const socket of sockets) void answerOf(socket).then((text) => answers.push(text));
    await expect.poll(() => answers.length, { timeout: 50_000 }).toBe(SENDERS - 4);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 429 .*\r\nretry-after: 1\r\n/is);
    expect(places.taken).toEqual({ count: 4, bytes: 4 * MIB });
    expect((await good('192.0.2.2')).status).toBe(200);
    // Of the same address one has to wait for a second, however many slow ones there are.
    expect((await good('192.0.2.1')).status).toBe(429);
    at += 1000;
    expect((await good('192.0.2.1')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => places.taken).toEqual({ count: 0, bytes: 0 });
  });

  it('from as many addresses take 16 MiB, and give way to who is quick', async () => {
    const sockets: Socket[] = [];
    for (let each = 0; each < SENDERS; each += 1) {
      sockets.push(await slowSender(`192.0.${each >> 8}.${each & 255}`));
      expect(places.taken.bytes).toBeLessThanOrEqual(16 * MIB);
    }
    await expect.poll(() => places.taken.count).toBe(16);
    const { status, body } = await good('203.0.113.1');
    expect([status, JSON.parse(body)]).toMatchObject([200, { accepted: 2 }]);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => places.taken).toEqual({ count: 0, bytes: 0 });
  });
});

it('a body that loses its place is answered with 503, and its connection ends', async () => {
  const [first] = await Promise.all(Array.from({ length: 4 }, () => slowSender('192.0.2.1')));
  if (!first) return expect.unreachable();
  await expect.poll(() => places.taken.count).toBe(4);
  at += 1000;
  const answers = [answerOf(first), once(first, 'close')];
  await slowSender('192.0.2.1');
  const [answer] = await Promise.all(answers);
  expect(answer).toMatch(/^HTTP\/1\.1 503 .*\r\nretry-after: 5\r\n/is);
  expect(places.taken).toEqual({ count: 4, bytes: 4 * MIB });
});

describe('a request of another program whose body does not say how long it is', () => {
  const chunked = (...chunks: string[]) => {
    const body = [...chunks, ''].map((one) => `${one.length.toString(16)}\r\n${one}\r\n`).join('');
    const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
    return exchange(server.port, rawPost(`${server.context.base}/hooks/update`, headers, body));
  };

  it('is read, up to 1 MiB', async () => {
    expect((await chunked('{"a":', '1}')).status).toBe(401);
    expect((await chunked('x'.repeat(MIB - 1), 'x')).status).toBe(401);
    expect((await chunked('x'.repeat(MIB - 1), 'xx')).status).toBe(413);
    expect(places.taken).toEqual({ count: 0, bytes: 0 });
  });
});
