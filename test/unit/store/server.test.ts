import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  GetObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { afterAll, describe, expect, test } from 'vitest';
import { startObjectStore } from '../../../dev/store/server.ts';
import type { StoreSettings } from '../../../src/store/object-store.ts';
import { createStore } from '../../../src/store/store.ts';
import { BUCKET, KEYS, startEmbedded } from '../../support/store/embedded.ts';
import { plainClient } from '../../support/store/plain-client.ts';
import { kill, startStoreProcess } from '../../support/store/store-process.ts';

const KEY = 'db/index.sqlite3';
const ANYTHING = { condition: { replaces: 'anything' as const }, metadata: {}, contentType: 'text/plain' };

const dirs: string[] = [];
const temporary = () => {
  const dir = mkdtempSync(join(tmpdir(), 'store-'));
  dirs.push(dir);
  return dir;
};
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true });
});

/** Runs with a store in this process. */
async function withStore<T>(dir: string, run: (settings: StoreSettings) => Promise<T>): Promise<T> {
  const server = await startObjectStore({ dir, bucket: BUCKET, port: 0, ...KEYS });
  try {
    return await run({
      ...KEYS,
      endpoint: server.endpoint,
      region: 'auto',
      bucket: BUCKET,
      timeoutMs: 30_000,
    });
  } finally {
    await server.close();
  }
}

async function contentOf(settings: StoreSettings, key = KEY): Promise<string> {
  const got = await createStore(settings).get(key, { maxBytes: 10_000_000 });
  return got.kind === 'found' ? got.bytes.toString() : got.kind;
}

describe('the embedded store', () => {
  test('keeps objects, their metadata and their time over a restart', async () => {
    const dir = temporary();
    const key = 'ünï/../code?';
    const options = { ...ANYTHING, metadata: { 'last-modified': '2026-01-02 03:04:05 UTC' } };
    const before = await withStore(dir, async (settings) => {
      await createStore(settings).put(key, Buffer.from('bytes'), options);
      return createStore(settings).get(key, { maxBytes: 9 });
    });
    expect(before).toMatchObject({ kind: 'found', object: { metadata: options.metadata } });
    expect(await withStore(dir, (settings) => createStore(settings).get(key, { maxBytes: 9 }))).toEqual(
      before,
    );
  });

  test('rejects aws-chunked uploads, and says what to set', async () => {
    const { settings, close } = await startEmbedded();
    const client = plainClient(settings, { requestChecksumCalculation: 'WHEN_SUPPORTED' });
    const Body = Readable.from([Buffer.from('bytes')]);
    const upload = client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body, ContentLength: 5 }));
    await expect(upload).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('WHEN_REQUIRED'),
    });
    expect(await contentOf(settings)).toBe('missing');
    await close();
  });

  test('verifies the checksum headers of an upload', async () => {
    const { settings, close } = await startEmbedded();
    const put = (more: Partial<PutObjectCommandInput>, config: S3ClientConfig = {}) =>
      plainClient(settings, config).send(
        new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: 'bytes', ...more }),
      );
    const badDigest = { name: 'BadDigest' };
    await expect(put({ ChecksumSHA256: Buffer.alloc(32).toString('base64') })).rejects.toMatchObject(
      badDigest,
    );
    await expect(put({ ChecksumSHA1: Buffer.alloc(20).toString('base64') })).rejects.toMatchObject(badDigest);
    await expect(put({ ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject(badDigest);
    expect(await contentOf(settings)).toBe('missing');
    for (const ChecksumAlgorithm of ['SHA256', 'SHA1', 'CRC32'] as const) await put({ ChecksumAlgorithm });
    await put({}, { requestChecksumCalculation: 'WHEN_SUPPORTED' });
    expect(await contentOf(settings)).toBe('bytes');
    await close();
  });

  test('says so when it does not know an operation, and when a key is too long', async () => {
    const { settings, close } = await startEmbedded();
    const acl = plainClient(settings).send(new GetObjectAclCommand({ Bucket: BUCKET, Key: KEY }));
    await expect(acl).rejects.toMatchObject({ name: 'NotImplemented' });
    const long = plainClient(settings).send(
      new PutObjectCommand({ Bucket: BUCKET, Key: 'é'.repeat(513), Body: 'x' }),
    );
    await expect(long).rejects.toMatchObject({ name: 'KeyTooLongError' });
    await close();
  });

  test('listens on the loopback address alone, and closes although a client lingers', async () => {
    const { settings, close } = await startEmbedded();
    expect(settings.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const lingering = connect(Number(new URL(settings.endpoint).port), '127.0.0.1');
    await once(lingering, 'connect');
    const closed = once(lingering.resume(), 'close');
    await close();
    await closed;
  });
});

describe('the embedded store, killed', () => {
  test('in the middle of an upload keeps the old object', async () => {
    const dir = temporary();
    const { settings, child } = await startStoreProcess(dir);
    await createStore(settings).put(KEY, Buffer.from('old'), ANYTHING);
    await sendHalf(settings, Buffer.alloc(1_000_000, 'new'));
    await kill(child);
    expect(await withStore(dir, contentOf)).toBe('old');
  });

  test('at any moment of many uploads has each object whole, old or new', async () => {
    const dir = temporary();
    const keys = ['a', 'b', 'c', 'd'];
    for (let round = 0; round < 8; round++) {
      const { settings, child } = await startStoreProcess(dir);
      const store = createStore({ ...settings, timeoutMs: 1000 });
      const content = (key: string) => Buffer.from(`${key}${round}`.repeat(100_000));
      const uploads = keys.map((key) => store.put(key, content(key), ANYTHING).catch(() => undefined));
      if (round % 2 === 1) await Promise.race(uploads);
      else await once(await underway(settings), 'close');
      await kill(child);
      await Promise.all(uploads);
      await withStore(dir, async (reopened) => {
        for (const key of keys) {
          // `get` proves the bytes; the first round may leave nothing.
          const [text = ''] = (await contentOf(reopened, key)).match(/^(missing|[a-d]\d)/) ?? [];
          expect([...Array.from({ length: round + 1 }, (_, i) => `${key}${i}`), 'missing']).toContain(text);
        }
      });
    }
    expect(readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

/** A connection that the store closes, having been asked for nothing sensible: so far it has come. */
async function underway({ endpoint }: StoreSettings) {
  const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
  socket.resume().end('nonsense\r\n\r\n');
  return socket;
}

/** Sends an upload as far as the middle of its body, and returns when the system has taken that. */
async function sendHalf(settings: StoreSettings, Body: Buffer): Promise<void> {
  const client = plainClient(settings, {
    requestHandler: {
      async handle(request: {
        hostname: string;
        port: number;
        path: string;
        headers: Record<string, string>;
      }) {
        const socket = connect(request.port, request.hostname);
        // The kill resets it.
        socket.on('error', () => {});
        const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`);
        const head = `PUT ${request.path} HTTP/1.1\r\n${lines.join('')}\r\n`;
        await new Promise((sent) =>
          socket.write(Buffer.concat([Buffer.from(head), Body.subarray(0, Body.length / 2)]), sent),
        );
        throw new Error('half is sent');
      },
    },
  });
  const upload = client.send(new PutObjectCommand({ Bucket: settings.bucket, Key: KEY, Body }));
  await expect(upload).rejects.toThrow('half is sent');
}
