import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { sign } from '../signature.ts';
import type { OwnIndex } from './publish-context.ts';

/** The body, and headers that are valid for one request only. */
interface SignedIndex {
  readonly body: Buffer;
  readonly headers: () => Readonly<Record<string, string>>;
}

/**
 * The index of this host, as it is sent to machines. Each request has its own signature, because its id counts once: a
 * request that is repeated after a lost answer needs another id.
 *
 * @param key to sign with
 */
export function sendingOf({ image, modified }: OwnIndex, key: Buffer): SignedIndex {
  const body = gzipSync(image);
  return {
    body,
    headers: () => {
      const id = `index_${randomUUID()}`;
      const timestamp = String(Math.floor(Date.now() / 1000));
      return {
        'Content-Type': 'application/vnd.sqlite3',
        'Content-Encoding': 'gzip',
        'Last-Modified': modified.toUTCString(),
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': sign(key, { id, timestamp, body }),
      };
    },
  };
}
