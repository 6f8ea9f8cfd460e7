import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { StoreSettings } from '../../../src/store/object-store.ts';
import { BUCKET, KEYS } from './embedded.ts';

/** The embedded store as a process of its own, as `dev/store/main.ts` runs it: to be killed. */
export async function startStoreProcess(
  dir: string,
): Promise<{ settings: StoreSettings; child: ChildProcess }> {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../../dev/store/main.ts'), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      BUCKET_NAME: BUCKET,
    },
  });
  const [endpoint] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { settings: { ...KEYS, endpoint, region: 'auto', bucket: BUCKET, timeoutMs: 30_000 }, child };
}

/** By SIGKILL, as a power cut would. */
export async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
