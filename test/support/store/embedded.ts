import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startObjectStore } from '../../../dev/store/server.ts';
import type { StoreSettings } from '../../../src/store/object-store.ts';

export const KEYS = { accessKeyId: 'test-key', secretAccessKey: 'secret/+key' };
export const BUCKET = 'showcase';

/** Many answers are held back on purpose, for as long as a busy machine needs for the rest. */
const timeoutMs = 600_000;

export interface Embedded {
  readonly settings: StoreSettings;
  /** Has an object there, whatever was there before, as an upload leaves it but without a request. Returns its ETag. */
  put(key: string, bytes: Buffer, metadata?: Record<string, string>): string;
  /** Takes an object away, likewise. */
  remove(key: string): void;
  /** Has it hold what it holds now, and nothing else, when what is returned is called. */
  keep(): () => void;
  close(): Promise<void>;
}

/** The embedded store in a temporary directory of its own, which goes when it is closed. */
export async function startEmbedded(): Promise<Embedded> {
  const dir = mkdtempSync(join(tmpdir(), 'embedded-store-'));
  const server = await startObjectStore({ dir, bucket: BUCKET, port: 0, ...KEYS });
  return {
    settings: { ...KEYS, endpoint: server.endpoint, region: 'auto', bucket: BUCKET, timeoutMs },
    put(key, bytes, metadata = {}) {
      const etag = hash('md5', bytes);
      const all = { ...metadata, sha256: hash('sha256', bytes) };
      const head = { key, etag, size: bytes.length, contentType: 'application/vnd.sqlite3', metadata: all };
      server.files.write(head, bytes, () => {});
      return `"${etag}"`;
    },
    remove: (key) => server.files.delete(key),
    keep() {
      const { files } = server;
      const kept = new Map(
        files.list().map((head) => [head.key, { head, bytes: files.read(head.key)?.bytes }]),
      );
      return () => {
        for (const { key } of files.list()) if (!kept.has(key)) files.delete(key);
        for (const [key, { head, bytes }] of kept)
          if (bytes && files.head(key) !== head) files.write(head, bytes, () => {});
      };
    },
    async close() {
      await server.close();
      rmSync(dir, { recursive: true });
    },
  };
}
