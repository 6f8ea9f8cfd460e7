import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { stubbed } from '../../../dev/aws-slim.mjs';
import type { Failure } from '../../../src/failure.ts';
import type { ObjectStore, StoreSettings } from '../../../src/store/object-store.ts';
import { createStore } from '../../../src/store/store.ts';
import { bundledStore } from '../../support/store/bundled-store.ts';
import { KEYS } from '../../support/store/embedded.ts';
import { type Fault, first, s3Error, startFaultProxy } from '../../support/store/fault-proxy.ts';

/*
 * The SDK as it comes and the slimmed one, each in a store of ours: what one makes of an answer, and what it asks, the other
 * does. Each line of the table says which stubs it puts to the proof.
 */

const slimmed = await bundledStore();
afterAll(() => rmSync(slimmed.dir, { recursive: true }));

const OPERATIONS = {
  GET: (store: ObjectStore) => store.get('db/a b+c.sqlite3', { maxBytes: 1000, ifNoneMatch: '"old"' }),
  HEAD: (store: ObjectStore) => store.head('db/a b+c.sqlite3'),
  LIST: async (store: ObjectStore) => {
    const found: unknown[] = [];
    for await (const info of store.list('db/')) found.push(info);
    return found;
  },
  PUT: (store: ObjectStore) =>
    store.put('db/a b+c.sqlite3', Buffer.from('body'), {
      condition: { replaces: '"old"' },
      metadata: { 'last-modified': '2025-11-19 12:00:00 UTC' },
      contentType: 'application/vnd.sqlite3',
    }),
};

/** A good answer to any of the operations, with these head lines in place of its own. */
const MD5 = '841a2d689ad86bd1611447453c22c6fc';
const HEAD = { etag: `"${MD5}"`, 'last-modified': 'Wed, 19 Nov 2025 12:00:00 GMT' };
const LISTING = `<?xml version="1.0"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>
<Contents><Key>db/2025-a%20b.sqlite3</Key><LastModified>2025-11-19T12:00:00.000Z</LastModified><ETag>&quot;${MD5}&quot;</ETag><Size>4</Size></Contents></ListBucketResult>`;
const answer = (body: string, headers: Record<string, string> = {}): Fault => ({
  kind: 'answer',
  status: 200,
  headers: { ...HEAD, ...headers },
  body,
});
const redirect = (status: number, code: string): Fault => {
  const error = s3Error(status, code) as Fault & { kind: 'answer' };
  return { ...error, headers: { 'x-amz-bucket-region': 'eu-west-1', location: 'http://127.0.0.1:1/' } };
};
const inOk = (code: string) => answer(`<?xml version="1.0"?>\n<Error><Code>${code}</Code></Error>`);

type Line = readonly [what: string, faults: readonly Fault[], settings?: Partial<StoreSettings>];

/** By the stubs that they are about. */
const TABLE: readonly (readonly [stubs: readonly string[], lines: readonly Line[]])[] = [
  [
    [
      'dist-es/runtimeConfig.js',
      'dist-es/runtimeExtensions.js',
      'resolveRuntimeExtensions',
      'client/index.js',
      'getLoggerPlugin',
      'getRecursionDetectionPlugin',
      'getUserAgentPlugin',
      'resolveUserAgentConfig',
      'setCredentialFeature',
      'adaptors/getEndpointFromConfig.js',
      'event-streams/index.js',
      'resolveEventStreamSerdeConfig',
    ],
    [
      ['the bytes of an object', [answer('body')]],
      ['a listing', [answer(LISTING)]],
    ],
  ],
  [
    ['endpoint/endpointResolver.js', 'getValidateBucketNamePlugin', 'config/index.js', 'resolveS3Config'],
    [
      ['a bucket with a low line', [answer('body')], { bucket: 'show_case' }],
      ['a bucket with dots', [answer('body')], { bucket: 'show.case.example' }],
      ['a bucket in another region', [answer('body')], { region: 'eu-central-1' }],
      ['the region of old', [answer('body')], { region: 'us-east-1' }],
      ['no region in particular', [answer('body')], { region: 'aws-global' }],
      ['a region that is none of Amazon', [answer('body')], { region: 'garage' }],
    ],
  ],
  [
    ['s3/index.js', 'getThrow200ExceptionsPlugin'],
    [
      ['an error in an answer of 200', [inOk('InternalError')]],
      ['an error that passes, in an answer of 200', [inOk('SlowDown'), answer(LISTING)]],
      ['nothing', [answer('')]],
      ['a page of something else', [answer('<html><body>hello</body></html>')]],
      ['half a listing', [answer(LISTING.slice(0, -50))]],
      ['text', [answer('Not Found')]],
    ],
  ],
  [
    ['getS3ExpiresMiddlewarePlugin'],
    [
      ['Expires that is no date', [answer('body', { expires: '0' })]],
      ['Expires that is a date', [answer('body', { expires: 'Wed, 19 Nov 2025 12:00:00 GMT' })]],
    ],
  ],
  [
    ['getRegionRedirectMiddlewarePlugin', 'getLocationConstraintPlugin'],
    [
      ['a redirect to another region', [redirect(301, 'PermanentRedirect')]],
      ['another region wanted', [redirect(400, 'AuthorizationHeaderMalformed')]],
      ['an illegal location', [redirect(400, 'IllegalLocationConstraintException')]],
    ],
  ],
  [
    ['retry/index.js', 'resolveRetryConfig'],
    [
      ['a store that sheds load', [s3Error(503, 'SlowDown'), answer('body')]],
      ['an error of the store', [s3Error(500, 'InternalError')]],
      ['a missing object', [s3Error(404, 'NoSuchKey')]],
      ['a missing bucket', [s3Error(404, 'NoSuchBucket')]],
      ['a condition that does not hold', [s3Error(412, 'PreconditionFailed'), answer('body')]],
      ['an unchanged object', [{ kind: 'answer', status: 304, headers: HEAD }]],
    ],
  ],
  [
    [
      'flexible-checksums/index.js',
      'resolveFlexibleChecksumsConfig',
      'getFlexibleChecksumsPlugin',
      'getCheckContentLengthHeaderPlugin',
      'getAddExpectContinuePlugin',
    ],
    [
      ['checksums of other bytes', [answer('body', { 'x-amz-checksum-crc32': 'AAAAAA==' })]],
      ['bytes that are not those of the ETag', [answer('b0dy')]],
    ],
  ],
  [
    ['aws_sdk/clock-skew-defaults.js'],
    [
      [
        'a clock that is off',
        [
          {
            ...(s3Error(403, 'RequestTimeTooSkewed') as Fault & { kind: 'answer' }),
            headers: { date: 'Wed, 19 Nov 2025 12:00:00 GMT' },
          },
        ],
      ],
    ],
  ],
  [
    [
      'aws_sdk/resolveAwsSdkSigV4AConfig.js',
      'resolveAwsSdkSigV4AConfig',
      'dist-es/index.js',
      'commands/CreateSessionCommand.js',
      'getS3ExpressHttpSigningPlugin',
      'getS3ExpressPlugin',
      'getSsecPlugin',
    ],
    [
      ['an object with a key of its own', [s3Error(400, 'InvalidRequest')]],
      [
        'an encrypted object',
        [answer('body', { 'x-amz-server-side-encryption': 'aws:kms', etag: `"${'0'.repeat(32)}"` })],
      ],
    ],
  ],
];

/** These tell the store who asks and for how many times, and nothing of what is asked. */
const OF_THE_CLIENT = /^(user-agent|x-amz-user-agent|amz-sdk-.*|authorization|x-amz-date|host|connection)$/;

async function play(create: typeof createStore, operation: keyof typeof OPERATIONS, line: Line) {
  const [, faults, changed] = line;
  const last = faults.at(-1);
  const proxy = await startFaultProxy('http://127.0.0.1:1');
  proxy.plan((request) => first(...faults)(request) ?? last);
  const settings = { ...KEYS, region: 'auto', bucket: 'showcase', timeoutMs: 600_000, ...changed };
  try {
    const store = create({ ...settings, endpoint: proxy.endpoint });
    const outcome = await OPERATIONS[operation](store).catch((error: Failure) => ({
      code: error.code,
      message: error.message.replace(proxy.endpoint, ''),
      hint: error.hint,
    }));
    const requests = proxy.requests.map(({ method, path, headers }) => ({
      method,
      path,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CLIENT.test(name))),
      scope: headers.authorization?.replace(/\/\d{8}\//, '/').replace(/Signature=.*/, ''),
    }));
    for (const each of requests)
      each.scope = each.scope?.replace(/(amz-sdk-[a-z-]*|x-amz-user-agent);?/g, '');
    return { outcome, requests };
  } finally {
    await proxy.close();
  }
}

test('every stub of the SDK has a line in the table', () => {
  const covered = TABLE.flatMap(([stubs]) => stubs);
  expect([...new Set(stubbed)].filter((name) => !covered.includes(name))).toEqual([]);
});

const lines = TABLE.flatMap(([, each]) => each);
describe.each(lines.map((line) => [line[0], line] as const))('%s', (_, line) => {
  test.concurrent.each(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[])(
    'is the same to the SDK as it comes and to the slimmed one (%s)',
    async (operation) => {
      const [whole, slim] = await Promise.all([
        play(createStore, operation, line),
        play(slimmed.createStore, operation, line),
      ]);
      expect(slim).toEqual(whole);
    },
  );
});

describe('a listing', () => {
  test.concurrent.each([
    ['an error', inOk('InternalError'), 'store-unreachable', 'HTTP 200 (InternalError)'],
    ['a refusal', inOk('AccessDenied'), 'store-refused', 'HTTP 200 (AccessDenied)'],
    ['nothing', answer(''), 'store-corrupt', 'is empty'],
    [
      'a page of something else',
      answer('<!doctype html><html></html>'),
      'store-corrupt',
      'not a ListBucketResult',
    ],
    ['another document', answer('<ListAllMyBucketsResult/>'), 'store-corrupt', '<ListAllMyBucketsResult>'],
    ['half of itself', answer(LISTING.slice(0, -20)), 'store-corrupt', 'breaks off'],
  ] as const)('that is %s does not count as an empty one', async (_, fault, code, message) => {
    for (const create of [createStore, slimmed.createStore]) {
      const { outcome } = await play(create, 'LIST', ['', [fault]]);
      expect(outcome).toMatchObject({ code, message: expect.stringContaining(message) });
    }
  });
});
