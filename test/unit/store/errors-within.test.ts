import { expect, test } from 'vitest';
import { checkAnswer } from '../../../src/store/answers.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { md5 } from '../../../src/store/proof.ts';
import { always } from '../../support/store/fault-proxy.ts';
import { spoiledStore } from '../../support/store/spoiled-store.ts';

/* An error document in an answer of 200: S3 sends the head of an answer before it knows whether it can give it. */

const spoiled = spoiledStore();

const OPERATIONS: Record<'GET' | 'LIST' | 'PUT', (store: ObjectStore) => Promise<unknown>> = {
  GET: (store: ObjectStore) => store.get('db/x', { maxBytes: 10_000 }),
  LIST: async (store: ObjectStore) => {
    for await (const info of store.list('db/')) return info;
    return null;
  },
  PUT: (store: ObjectStore) =>
    store.put('db/x', Buffer.from('x'), {
      condition: { replaces: 'anything' },
      metadata: {},
      contentType: 'text/plain',
    }),
};
const HEAD = { etag: '"0-1"', 'last-modified': 'Wed, 19 Nov 2025 12:00:00 GMT' };

const OF_CODES = [
  ['AccessDenied', 'The keys are right'],
  ['AuthorizationHeaderMalformed', 'AWS_REGION'],
  ['InvalidObjectState', 'in an archive'],
  ['KMS.DisabledException', 'the key that the object is encrypted with'],
  ['TokenRefreshRequired', 'AWS_SESSION_TOKEN'],
  ['InvalidBucketName', 'BUCKET_NAME'],
] as const;

test.each(
  OF_CODES.flatMap(([code, hint]) =>
    (['GET', 'LIST', 'PUT'] as const).map((operation) => [operation, code, hint] as const),
  ),
)('the answer to a %s with %s in it is a refusal that says so', async (operation, code, hint) => {
  const body = `<?xml version="1.0"?>\n<Error><Code>${code}</Code></Error>`;
  const plan = always({ kind: 'answer', status: 200, headers: HEAD, body });
  const { outcome, seen } = await spoiled.under(plan, OPERATIONS[operation]);
  expect(outcome).toMatchObject({
    code: 'store-refused',
    message: expect.stringContaining(`HTTP 200 (${code})`),
    hint: expect.stringContaining(hint),
  });
  expect(seen).toHaveLength(1);
});

test.each([
  ['CDATA', '<Error><Code><![CDATA[AccessDenied]]></Code></Error>'],
  ['a prefix', '<s3:Error xmlns:s3="u"><s3:Code>AccessDenied</s3:Code></s3:Error>'],
  ['a document type', '<!DOCTYPE Error>\n<Error><Code>AccessDenied</Code></Error>'],
  ['blanks for as long as it took', `${' '.repeat(9000)}<Error><Code>AccessDenied</Code></Error>`],
])('an error document with %s is understood', async (_, body) => {
  const plan = always({ kind: 'answer', status: 200, headers: HEAD, body });
  for (const operation of Object.values(OPERATIONS)) {
    const { outcome } = await spoiled.under(plan, operation);
    expect(outcome).toMatchObject({ message: expect.stringContaining('HTTP 200 (AccessDenied)') });
  }
});

test('a web page in the place of an object is not the store’s', async () => {
  const body = '<!doctype html>\n<html lang="en"><body>Welcome</body></html>';
  const plan = always({ kind: 'answer', status: 200, headers: HEAD, body });
  const { outcome } = await spoiled.under(plan, OPERATIONS.GET);
  expect(outcome).toMatchObject({
    code: 'store-corrupt',
    message: expect.stringContaining('the answer is a <html> document'),
    hint: expect.stringContaining('an S3 store does not answer there'),
  });
});

test('an object that is missing in an answer of 200 does not count as missing', async () => {
  const body = '<Error><Code>NoSuchKey</Code></Error>';
  const plan = always({ kind: 'answer', status: 200, headers: HEAD, body });
  expect((await spoiled.under(plan, OPERATIONS.GET)).outcome).toMatchObject({ code: 'store-refused' });
});

test('an upload whose MD5 nobody knows is not stored where a page answers without an ETag', () => {
  expect(() => checkAnswer(Buffer.from('OK'), { kind: 'upload' }, {})).toThrow('but should be empty');
});

test.each(['<html><body>Welcome</body></html>', '<!doctype html><p>Welcome', 'OK', '{"ok":true}'])(
  'an upload that is answered with %j is not stored, even with an ETag',
  async (body) => {
    const plan = always({ kind: 'answer', status: 200, headers: HEAD, body });
    const { outcome } = await spoiled.under(plan, OPERATIONS.PUT);
    expect(outcome).toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining('but should be empty'),
    });
  },
);

test.each([
  ['nothing', HEAD, ''],
  ['a result', HEAD, '<PutObjectResult><ETag>"0-1"</ETag></PutObjectResult>'],
  ['what it likes, with the MD5 of the bytes', { ...HEAD, etag: `"${md5(Buffer.from('x'))}"` }, 'OK'],
])('an upload that is answered with %s is stored', async (_, headers, body) => {
  const { outcome } = await spoiled.under(
    always({ kind: 'answer', status: 200, headers, body }),
    OPERATIONS.PUT,
  );
  expect(outcome).toMatchObject({ kind: 'stored' });
});
