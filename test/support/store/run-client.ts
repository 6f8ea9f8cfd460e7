import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { StoreSettings } from '../../../src/store/object-store.ts';

/** What a process of its own gets from the store, with these variables and no others. */
export async function runClient(
  settings: StoreSettings,
  key: string,
  env: NodeJS.ProcessEnv,
): Promise<unknown> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [resolve(import.meta.dirname, 'client-process.ts'), key],
    {
      timeout: 60_000,
      killSignal: 'SIGKILL',
      env: {
        AWS_ENDPOINT_URL_S3: settings.endpoint,
        AWS_ACCESS_KEY_ID: settings.accessKeyId,
        AWS_SECRET_ACCESS_KEY: settings.secretAccessKey,
        BUCKET_NAME: settings.bucket,
        ...env,
      },
    },
  );
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}
