import { describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { always, type Fault, first } from '../../support/store/fault-proxy.ts';
import { spoiledStore } from '../../support/store/spoiled-store.ts';

/* Pages as other stores write them, and pages that say less than there is: none of them may pass for a shorter listing. */

const spoiled = spoiledStore();

const answer = (body: string, headers: Record<string, string> = {}): Fault => ({
  kind: 'answer',
  status: 200,
  headers,
  body,
});
const item = (key: string, more = '<Size>1</Size>') =>
  `<Contents><Key>${key}</Key><LastModified>2025-11-19T12:00:00Z</LastModified><ETag>"e"</ETag>${more}</Contents>`;
const page = (content: string) => `<ListBucketResult>${content}</ListBucketResult>`;

async function keysOf(store: ObjectStore) {
  const keys: string[] = [];
  for await (const { key } of store.list('db/')) keys.push(key);
  return keys;
}
const listed = async (...faults: readonly Fault[]) => (await spoiled.under(first(...faults), keysOf)).outcome;

test('a listing whose elements all have a prefix is read', async () => {
  const prefixed = page(`<IsTruncated>false</IsTruncated>${item('db/a')}`).replace(/<(\/?)/g, '<$1s3:');
  expect(await listed(answer(prefixed))).toEqual(['db/a']);
});

test.each([
  '<IsTruncated> true </IsTruncated>',
  '<IsTruncated>1</IsTruncated>',
  '<IsTruncated>TRUE</IsTruncated>',
  '',
])('a page that goes on elsewhere, as %j says, is not the last one', async (said) => {
  const more = `${said}<NextContinuationToken>t</NextContinuationToken>`;
  expect(await listed(answer(page(more + item('db/a'))), answer(page(item('db/b'))))).toEqual([
    'db/a',
    'db/b',
  ]);
});

describe('a page is not believed', () => {
  test.each([
    ['that has an error within', page('<Error><Code>InternalError</Code></Error>')],
    ['of another prefix', page(`<Prefix>other%2F</Prefix>${item('other/a')}`)],
    ['that says neither whether it goes on nor that it does not', page('<IsTruncated>maybe</IsTruncated>')],
    [
      'that goes on in the way of an older version',
      page('<IsTruncated>true</IsTruncated><NextMarker>db/a</NextMarker>'),
    ],
    ['with a size that is no number', page(item('db/a', '<Size>many</Size>'))],
    ['with a size below nothing', page(item('db/a', '<Size>-1</Size>'))],
  ])('%s', async (_, body) => {
    const { outcome } = await spoiled.under(always(answer(body)), keysOf);
    expect(outcome).toMatchObject({
      code: 'store-corrupt',
      hint: expect.stringContaining('an S3 store does not answer there'),
    });
  });
});

test.each(['db/', 'db%2F', '', '\n  db/\n', 'db&#x2F;'])(
  'a page that says %j for its prefix is that which was asked for',
  async (said) => {
    expect(await listed(answer(page(`<Prefix>${said}</Prefix>${item('db/a')}`)))).toEqual(['db/a']);
  },
);
