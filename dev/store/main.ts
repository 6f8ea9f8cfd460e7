/** `npm run store`: the embedded object store by itself, for trying things out, until it is interrupted. */
import { readFreePort, runTool, WrongOption } from '../options.mjs';
import { startObjectStore } from './server.ts';

const USAGE = `Usage: AWS_ACCESS_KEY_ID=.. AWS_SECRET_ACCESS_KEY=.. npm run store -- DIR [PORT]

Serves the bucket BUCKET_NAME (default: showcase) out of DIR on 127.0.0.1 until Ctrl-C ends it.
Prints its endpoint as its first line. Without PORT it takes a free one.
`;

await runTool(
  USAGE,
  {},
  async (_, [dir, port = '0']) => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      BUCKET_NAME,
    } = process.env;
    if (!dir) throw new WrongOption('A directory must be given. npm run store -- --help says how.');
    if (!accessKeyId || !secretAccessKey)
      throw new WrongOption(
        'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set. npm run store -- --help says how.',
      );
    const bucket = BUCKET_NAME || 'showcase';
    const number = await readFreePort(port);
    const store = await startObjectStore({ dir, bucket, accessKeyId, secretAccessKey, port: number });
    console.log(store.endpoint);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void store.close());
  },
  2,
);
