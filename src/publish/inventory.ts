import { inventoryKey, renderTime } from '../bucket/layout.ts';
import { Failure } from '../failure.ts';
import type { ObjectStore } from '../store/types.ts';

const KEY = inventoryKey('index');
/** Bytes. An inventory holds a line for each database that belongs to no region. */
const MOST_BYTES = 16 * 1024 * 1024;
/** How often another program may be faster. */
const MOST_ROUNDS = 5;

/**
 * Enters an index into the inventory that it belongs to, and leaves every other entry as it is: other programs write
 * there, too, so each write is conditional on what was read.
 *
 * @throws {Failure} `store-*`
 */
export async function recordIndex(
  store: ObjectStore,
  file: string,
  { etag, time }: { etag: string; time: Date },
): Promise<void> {
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const got = await store.get(KEY, { maxBytes: MOST_BYTES });
    const entries = got.kind === 'found' ? parse(got.bytes) : {};
    const entry = { etag, date: null, last_modified: renderTime(time) };
    const put = await store.put(KEY, Buffer.from(JSON.stringify({ ...entries, [file]: entry }, null, 2)), {
      condition: { replaces: got.kind === 'found' ? got.object.etag : 'nothing' },
      metadata: {},
      contentType: 'application/json',
    });
    if (put.kind === 'stored') return;
  }
  throw new Failure('store-refused', `PUT ${KEY}: other programs wrote it ${MOST_ROUNDS} times meanwhile`, {
    hint: 'Run it again.',
  });
}

/** What cannot be understood is nothing that anybody could use, either: it is begun anew. */
function parse(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
