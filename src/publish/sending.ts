import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Sending } from '../fleet/fleet-model.ts';
import { sign } from '../signature.ts';
import type { OurIndex } from './publish-context.ts';

/**
 * The index of this host as it is sent to machines. Each request is signed by itself: its id counts once, so that one that is
 * sent again, since its answer was lost, must have another.
 *
 * @param key to sign with
 */
export function sendingOf({ image, modified }: OurIndex, key: Buffer): Sending {
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
