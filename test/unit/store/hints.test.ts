import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/failure.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { createStore } from '../../../src/store/store.ts';
import { always, type Fault, s3Error } from '../../support/store/fault-proxy.ts';
import { spoiledStore } from '../../support/store/spoiled-store.ts';

const spoiled = spoiledStore();
const KEY = 'db/index.sqlite3';
const get = (store: ObjectStore) => store.get(KEY, { maxBytes: 1000 });

function from(status: number, code: string, headers: Record<string, string> = {}): Fault {
  return { ...(s3Error(status, code) as Fault & { kind: 'answer' }), headers };
}

describe('the hint of a refusal names the cause for', () => {
  test.each([
    [
      from(400, 'AuthorizationHeaderMalformed', { 'x-amz-bucket-region': 'eu-west-1' }),
      /AWS_REGION.*eu-west-1/,
    ],
    [
      from(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-1' }),
      /AWS_REGION.*eu-west-1.*ENDPOINT/,
    ],
    [from(400, 'IllegalLocationConstraintException'), /AWS_REGION/],
    [from(400, 'ExpiredToken'), /AWS_SESSION_TOKEN has expired/],
    [from(400, 'InvalidToken'), /AWS_SESSION_TOKEN does not belong/],
    [from(403, 'InvalidAccessKeyId'), /does not know AWS_ACCESS_KEY_ID.*AWS_SESSION_TOKEN/],
    [from(403, 'SignatureDoesNotMatch'), /AWS_SECRET_ACCESS_KEY/],
    [from(403, 'AccessDenied'), /may not do this/],
    [from(403, 'InvalidObjectState'), /archive/],
    [from(400, 'KMS.DisabledException'), /the key that the object is encrypted with/],
    [from(404, 'NoSuchBucket'), /BUCKET_NAME/],
    [
      { kind: 'answer', status: 404, body: '<html>Not Found</html>' } as const,
      /an S3 store does not answer there/,
    ],
    [
      { kind: 'answer', status: 405, body: 'Method Not Allowed' } as const,
      /an S3 store does not answer there/,
    ],
    [
      { kind: 'answer', status: 200, body: '<html>Welcome</html>' } as const,
      /an S3 store does not answer there/,
    ],
  ])('%j', async (fault, hint) => {
    const { outcome } = await spoiled.under(always(fault), get);
    expect((outcome as Failure).code).toMatch(/^store-(refused|corrupt)$/);
    expect((outcome as Failure).hint).toMatch(hint);
  });
});

test('a 404 from a web server does not count as a missing object', async () => {
  const plan = always({ kind: 'answer', status: 404, body: '<html>Not Found</html>' });
  const operations: ((store: ObjectStore) => Promise<unknown>)[] = [get, (store) => store.head(KEY)];
  for (const operation of operations) {
    const bucket = 'on-a-web-server';
    const { outcome } = await spoiled.under(plan, () =>
      operation(createStore({ ...spoiled.settings, bucket })),
    );
    expect(outcome).toMatchObject({ code: 'store-corrupt', message: expect.stringContaining('HTTP 404') });
  }
});

test('a compressed object is reported as one, and is requested once', async () => {
  const options = { condition: { replaces: 'anything' as const }, metadata: {}, contentType: 'x/y' };
  await spoiled.direct.put(KEY, gzipSync('a database'), options);
  const { outcome, seen } = await spoiled.under(() => undefined, get);
  expect(outcome).toMatchObject({
    code: 'store-corrupt',
    message: `GET showcase/${KEY}: what is stored is compressed (gzip)`,
    hint: expect.stringContaining('without compression'),
  });
  expect(seen).toEqual(['GET']);
});
