import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { StoreSettings } from '../../../src/store/object-store.ts';
import { plainClient } from './plain-client.ts';

type Request = { headers: Record<string, string>; body: unknown };

/** What the store itself must do, seen through the SDK's plain client. */
export function rawContract(settings: () => StoreSettings): void {
  const connect = (more?: S3ClientConfig) => ({
    client: plainClient(settings(), more),
    Bucket: settings().bucket,
  });
  const put = (Key: string, Body: string) => {
    const { client, Bucket } = connect();
    return client.send(new PutObjectCommand({ Bucket, Key, Body }));
  };
  const contentOf = async (Key: string, Range?: string) => {
    const { client, Bucket } = connect();
    const got = await client.send(new GetObjectCommand({ Bucket, Key, ...(Range ? { Range } : {}) }));
    return {
      text: await got.Body?.transformToString(),
      status: got.$metadata.httpStatusCode,
      range: got.ContentRange,
    };
  };
  const status = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

  describe('the store', () => {
    test('a request without a signature is refused', async () => {
      await put('raw/unsigned', 'kept');
      const url = `${settings().endpoint}/${settings().bucket}/raw/unsigned`;
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const response = await fetch(url, { method, ...(method === 'PUT' ? { body: 'x' } : {}) });
        expect(response.status).toBe(403);
        expect(await response.text()).toContain('<Code>AccessDenied</Code>');
      }
      expect((await contentOf('raw/unsigned')).text).toBe('kept');
    });

    test.each([-20, 20])('a signature made %d minutes from now is refused', async (minutes) => {
      const skewed = { systemClockOffset: minutes * 60_000 };
      const { client, Bucket } = connect(skewed);
      const listing = client.send(new ListObjectsV2Command({ Bucket }));
      await expect(listing).rejects.toMatchObject({ name: 'RequestTimeTooSkewed', ...status(403) });
    });

    test('a signature covers the method, the path, the query, the headers and the body', async () => {
      await put('raw/signed', 'kept');
      const { Bucket } = connect();
      const tampered: [string, (request: Request & Record<string, unknown>) => void][] = [
        [
          'SignatureDoesNotMatch',
          (request) => {
            request['method'] = 'GET';
          },
        ],
        [
          'SignatureDoesNotMatch',
          (request) => {
            request['path'] = `/${Bucket}/raw/other`;
          },
        ],
        [
          'SignatureDoesNotMatch',
          (request) => {
            request.headers['x-amz-meta-a'] = '2';
          },
        ],
        [
          'XAmzContentSHA256Mismatch',
          (request) => {
            request.body = 'hacked';
          },
        ],
      ];
      for (const [name, tamper] of tampered) {
        const client = afterSigning(connect().client, tamper);
        const command = new PutObjectCommand({
          Bucket,
          Key: 'raw/signed',
          Body: 'signed',
          Metadata: { a: '1' },
        });
        await expect(client.send(command)).rejects.toMatchObject({ name });
      }
      expect((await contentOf('raw/signed')).text).toBe('kept');
    });

    test('a body may be left out of the signature', async () => {
      const { client, Bucket } = connect();
      client.middlewareStack.add(
        (next) => (args) => {
          (args.request as Request).headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
          return next(args);
        },
        { step: 'build' },
      );
      await client.send(new PutObjectCommand({ Bucket, Key: 'raw/unsigned-payload', Body: 'bytes' }));
      expect((await contentOf('raw/unsigned-payload')).text).toBe('bytes');
    });

    test('a body that does not match its Content-MD5 is refused, and the old object stays', async () => {
      await put('raw/md5', 'kept');
      const { client, Bucket } = connect();
      const ContentMD5 = 'XUFAKrxLKna5cZ2REBfFkg==';
      const target = { Bucket, Key: 'raw/md5', ContentMD5 };
      const refused = client.send(new PutObjectCommand({ ...target, Body: 'other' }));
      await expect(refused).rejects.toMatchObject({ name: 'BadDigest', ...status(400) });
      expect((await contentOf('raw/md5')).text).toBe('kept');
      await client.send(new PutObjectCommand({ ...target, Body: 'hello' }));
      expect((await contentOf('raw/md5')).text).toBe('hello');
    });

    test('conditions hold for reading too', async () => {
      const { client, Bucket } = connect();
      const { ETag = '' } = await put('raw/conditions', 'bytes');
      const target = { Bucket, Key: 'raw/conditions' };
      const bare = ETag.replaceAll('"', '');
      expect(await client.send(new HeadObjectCommand({ ...target, IfMatch: bare }))).toMatchObject(
        status(200),
      );
      const changed = client.send(new GetObjectCommand({ ...target, IfMatch: '"other"' }));
      await expect(changed).rejects.toMatchObject(status(412));
      const same = client.send(new GetObjectCommand({ ...target, IfNoneMatch: ETag }));
      await expect(same).rejects.toMatchObject(status(304));
      const sameHead = client.send(new HeadObjectCommand({ ...target, IfNoneMatch: ETag }));
      await expect(sameHead).rejects.toMatchObject(status(304));
    });

    test('a part of an object can be read', async () => {
      await put('raw/range', '0123456789');
      expect(await contentOf('raw/range', 'bytes=2-4')).toEqual({
        text: '234',
        status: 206,
        range: 'bytes 2-4/10',
      });
      expect(await contentOf('raw/range', 'bytes=7-')).toEqual({
        text: '789',
        status: 206,
        range: 'bytes 7-9/10',
      });
      expect(await contentOf('raw/range', 'bytes=-2')).toEqual({
        text: '89',
        status: 206,
        range: 'bytes 8-9/10',
      });
      expect(await contentOf('raw/range', 'bytes=8-99')).toEqual({
        text: '89',
        status: 206,
        range: 'bytes 8-9/10',
      });
      await expect(contentOf('raw/range', 'bytes=10-')).rejects.toMatchObject({
        name: 'InvalidRange',
        ...status(416),
      });
    });

    test('a deleted object is gone, and deleting it again is no error', async () => {
      await put('raw/deleted', 'bytes');
      const { client, Bucket } = connect();
      const remove = () => client.send(new DeleteObjectCommand({ Bucket, Key: 'raw/deleted' }));
      expect(await remove()).toMatchObject(status(204));
      await expect(contentOf('raw/deleted')).rejects.toMatchObject({ name: 'NoSuchKey', ...status(404) });
      expect(await remove()).toMatchObject(status(204));
    });

    test('a listing is cut into pages of max-keys, each of which says where the next begins', async () => {
      const keys = ['raw-pages/1', 'raw-pages/2', 'raw-pages/3', 'raw-pages/4', 'raw-pages/5'];
      for (const key of keys) await put(key, key);
      const { client, Bucket } = connect();
      const target = { Bucket, Prefix: 'raw-pages/', MaxKeys: 2 };
      const pages: (string | undefined)[][] = [];
      let token: string | undefined;
      do {
        const more = token === undefined ? {} : { ContinuationToken: token };
        const page = await client.send(new ListObjectsV2Command({ ...target, ...more }));
        expect(page.KeyCount).toBe(page.Contents?.length);
        expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
        pages.push((page.Contents ?? []).map((item) => item.Key));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      expect(pages).toEqual([keys.slice(0, 2), keys.slice(2, 4), keys.slice(4)]);
    });

    test('a bucket that is not there is told from an object that is not there', async () => {
      const { client } = connect();
      const lost = client.send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'x' }));
      await expect(lost).rejects.toMatchObject({ name: 'NoSuchBucket', ...status(404) });
    });
  });
}

/** Changes a request behind the signature's back. */
function afterSigning(
  client: S3Client,
  tamper: (request: Request & Record<string, unknown>) => void,
): S3Client {
  client.middlewareStack.add(
    (next) => (args) => {
      tamper(args.request as Request & Record<string, unknown>);
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
  );
  return client;
}
