import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startObjectStore } from '../../dev/store/server.ts';
import type { StoreSettings } from '../../src/store/object-store.ts';

export const KEYS = { accessKeyId: 'test-key', secretAccessKey: 'secret/+key' };
export const BUCKET = 'showcase';

/** Many answers are held back on purpose, for as long as a busy machine needs for the rest. */
const timeoutMs = 600_000;

/** The embedded store in a temporary directory of its own, which goes when it is closed. */
export async function startEmbedded(): Promise<{ settings: StoreSettings; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'embedded-store-'));
  const server = await startObjectStore({ dir, bucket: BUCKET, port: 0, ...KEYS });
  return {
    settings: { ...KEYS, endpoint: server.endpoint, region: 'auto', bucket: BUCKET, timeoutMs },
    async close() {
      await server.close();
      rmSync(dir, { recursive: true });
    },
  };
}
