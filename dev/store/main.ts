/**
 * The embedded object store from the command line, for trying things out:
 *
 *     AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=secret npm run store -- DIR [PORT]
 *
 * Serves the bucket BUCKET_NAME (`showcase`) out of DIR until it is interrupted; prints its endpoint as its first line.
 */
import { startObjectStore } from './server.ts';

const [dir, port = '0'] = process.argv.slice(2);
const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, BUCKET_NAME } = process.env;
if (dir && accessKeyId && secretAccessKey) {
  const bucket = BUCKET_NAME || 'showcase';
  const store = await startObjectStore({ dir, bucket, accessKeyId, secretAccessKey, port: Number(port) });
  console.log(store.endpoint);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void store.close());
} else {
  console.error('usage: AWS_ACCESS_KEY_ID=.. AWS_SECRET_ACCESS_KEY=.. npm run store -- DIR [PORT]');
  process.exitCode = 2;
}
