import { Failure } from '../failure.ts';

/** An index that a request brings, as far as its headers say. */
export interface Push {
  readonly encoding: 'gzip' | 'none';
  /** Bytes of the body; null where it ends with standard input, as a chunked one does. */
  readonly length: number | null;
  /** `webhook-id`, `webhook-timestamp`, `webhook-signature`; empty where they are missing. */
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  /** `Last-Modified`: when the index was last changed, as its sender says without signing it; empty for nothing. */
  readonly lastModified: string;
}

const INDEX_TYPE = 'application/vnd.sqlite3';

/** Seconds that the clocks of the two sides may be apart. */
const TOLERANCE_S = 300;

/**
 * The pushed index that a request announces; null if it is not a push, whatever its body.
 *
 * @param length of its body; null if unknown
 * @throws {Failure} `body-not-accepted`
 */
export function readPush(env: NodeJS.ProcessEnv, length: number | null): Push | null {
  const [type = ''] = (env['CONTENT_TYPE'] ?? '').split(';');
  if (type.trim().toLowerCase() !== INDEX_TYPE) return null;
  const header = (name: string): string => (env[`HTTP_${name}`] ?? '').trim();
  const signing = {
    id: header('WEBHOOK_ID'),
    timestamp: header('WEBHOOK_TIMESTAMP'),
    signature: header('WEBHOOK_SIGNATURE'),
  };
  // A signed request must have a body: without it, it must not count as a plain update.
  if (length === 0 && Object.values(signing).every((value) => value === '')) return null;
  return {
    encoding: readEncoding(header('CONTENT_ENCODING')),
    length,
    ...signing,
    lastModified: header('LAST_MODIFIED'),
  };
}

function readEncoding(header: string): Push['encoding'] {
  switch (header.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    case '':
    case 'identity':
      return 'none';
  }
  throw new Failure('body-not-accepted', 'the Content-Encoding of the body is neither gzip nor none', {
    hint: 'Send the index as it is, or with gzip.',
  });
}

/**
 * Why the headers of a push cannot belong to one that counts; null where they can.
 *
 * @param now seconds since 1970
 */
export function headerProblem({ id, timestamp, signature }: Push, now: number): string | null {
  if (id === '' || timestamp === '' || signature === '') return 'it is not signed';
  // A full stop would let one text be read as two ids.
  if (!/^[\x21-\x2d\x2f-\x7e]{1,256}$/.test(id)) return 'its webhook-id is not one';
  if (!/^\d{1,15}$/.test(timestamp)) return 'its webhook-timestamp is not a number';
  const ahead = Number(timestamp) - now;
  if (Math.abs(ahead) <= TOLERANCE_S) return null;
  return `its webhook-timestamp is ${Math.abs(Math.round(ahead))} s ${ahead > 0 ? 'ahead of' : 'behind'} this clock`;
}
