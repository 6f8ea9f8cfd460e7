import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { StoredIndex } from './sim-event.ts';

/** Bytes; as much as update_config takes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** An index that a request brings. */
export interface PushedIndex extends StoredIndex {
  readonly sha256: string;
}

/** Whether a request brings an index. */
export function isPush({ headers }: IncomingMessage): boolean {
  return headers['content-type'] === 'application/vnd.sqlite3';
}

/** The index that a request brings; null for what cannot be unpacked. Whether it is one is not looked at. */
export async function readPushed(request: IncomingMessage): Promise<PushedIndex | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  if (size > MOST_BYTES) return null;
  const { headers } = request;
  try {
    const body = Buffer.concat(chunks);
    const isPacked = headers['content-encoding'] === 'gzip';
    const bytes = isPacked ? gunzipSync(body, { maxOutputLength: MOST_BYTES }) : body;
    return {
      etag: `"${hash('md5', bytes)}"`,
      sha256: hash('sha256', bytes),
      size: bytes.length,
      time: new Date(headers['last-modified'] ?? Number(headers['webhook-timestamp']) * 1000),
    };
  } catch {
    return null;
  }
}
