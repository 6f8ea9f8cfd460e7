import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { listObjects } from './list.ts';
import { ObjectFiles, type StoredHead } from './objects.ts';
import { decode, type Keys, verifySignature } from './signature.ts';
import { renderXml, S3Error } from './xml.ts';

export interface ObjectStoreOptions extends Keys {
  /** Where the objects are kept; made if it is not there. */
  readonly dir: string;
  readonly bucket: string;
  /** 0 for a free one. */
  readonly port: number;
}

export interface RunningObjectStore {
  /** Such as `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  /** What it holds: for a caller in its own process, who may put many there without a request for each. */
  readonly files: ObjectFiles;
  close(): Promise<void>;
}

const MAX_OBJECT = 512 * 1024 * 1024;
const META = 'x-amz-meta-';

/**
 * A small S3: one bucket, path-style, on 127.0.0.1 alone, for the demo and the tests. It does what this project asks of
 * a store, as strictly as a real one, and answers `NotImplemented` to the rest; the contract suite in `test/support/store/`
 * holds it to what Ceph does.
 */
export async function startObjectStore(options: ObjectStoreOptions): Promise<RunningObjectStore> {
  const files = new ObjectFiles(options.dir);
  const server = createServer((request, response) => {
    answer(request, response, files, options).catch((error: unknown) => fail(request, response, error));
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: ObjectFiles,
  { bucket, ...keys }: ObjectStoreOptions,
): Promise<void> {
  const body = await readBody(request);
  const target = request.url ?? '/';
  verifySignature(request, target, body, keys);
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  const [, bucketName = '', key = ''] = (/^\/([^/]*)\/?(.*)$/s.exec(path) ?? []).map(decode);
  const parameters = new URLSearchParams(query);
  // The SDK puts the name of the operation there.
  parameters.delete('x-id');
  if (bucketName !== bucket) throw new S3Error(404, 'NoSuchBucket', 'there is no such bucket');
  if (Buffer.byteLength(key) > 1024)
    throw new S3Error(400, 'KeyTooLongError', 'a key has at most 1024 bytes');

  const method = request.method ?? '';
  if (key === '') {
    if (method !== 'GET' || parameters.get('list-type') !== '2') throw notImplemented();
    send(response, 200, { 'content-type': 'application/xml' }, listObjects(files.list(), bucket, parameters));
  } else if (parameters.size > 0) {
    throw notImplemented();
  } else if (method === 'GET' || method === 'HEAD') {
    get(request, response, files, key);
  } else if (method === 'PUT') {
    put(request, response, files, key, body);
  } else if (method === 'DELETE') {
    files.delete(key);
    send(response, 204, {}, '');
  } else {
    throw notImplemented();
  }
}

const notImplemented = () => new S3Error(501, 'NotImplemented', 'this store does not know that operation');

function get(request: IncomingMessage, response: ServerResponse, files: ObjectFiles, key: string): void {
  const object = files.read(key);
  if (!object) throw new S3Error(404, 'NoSuchKey', 'there is no such key');
  const { head, bytes } = object;
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, range } = request.headers;
  const headers = {
    etag: `"${head.etag}"`,
    'last-modified': new Date(head.modified).toUTCString(),
  };
  if (ifMatch !== undefined && !matches(ifMatch, head)) throw preconditionFailed();
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, head)) {
    send(response, 304, headers, '');
    return;
  }
  const full = {
    ...headers,
    'content-type': head.contentType,
    'accept-ranges': 'bytes',
    ...Object.fromEntries(Object.entries(head.metadata).map(([name, value]) => [META + name, value])),
  };
  const part = byteRange(range, bytes.length);
  if (part) {
    const contentRange = `bytes ${part.start}-${part.end - 1}/${bytes.length}`;
    send(response, 206, { ...full, 'content-range': contentRange }, bytes.subarray(part.start, part.end));
  } else {
    send(response, 200, full, bytes);
  }
}

function put(
  request: IncomingMessage,
  response: ServerResponse,
  files: ObjectFiles,
  key: string,
  bytes: Buffer,
): void {
  verifyChecksums(request, bytes);
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, 'content-type': contentType } = request.headers;
  const etag = hash('md5', bytes);
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith(META)) metadata[name.slice(META.length)] = String(value);
  }
  const head = { key, etag, size: bytes.length, contentType: contentType ?? 'binary/octet-stream', metadata };
  files.write(head, bytes, (now) => {
    if (ifMatch !== undefined && !now) throw new S3Error(404, 'NoSuchKey', 'there is no such key');
    if (ifMatch !== undefined && now && !matches(ifMatch, now)) throw preconditionFailed();
    if (ifNoneMatch !== undefined && now && matches(ifNoneMatch, now)) throw preconditionFailed();
  });
  send(response, 200, { etag: `"${etag}"` }, '');
}

function verifyChecksums(request: IncomingMessage, bytes: Buffer): void {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(bytes));
  const computed = {
    'content-md5': hash('md5', bytes, 'base64'),
    'x-amz-checksum-sha256': hash('sha256', bytes, 'base64'),
    'x-amz-checksum-sha1': hash('sha1', bytes, 'base64'),
    'x-amz-checksum-crc32': crc.toString('base64'),
  };
  for (const [name, digest] of Object.entries(computed)) {
    const claimed = request.headers[name];
    if (claimed !== undefined && claimed !== digest) {
      throw new S3Error(400, 'BadDigest', `the body does not match its ${name}`);
    }
  }
}

const matches = (condition: string, head: StoredHead) =>
  condition.split(',').some((tag) => ['*', head.etag, `"${head.etag}"`].includes(tag.trim()));

const preconditionFailed = () => new S3Error(412, 'PreconditionFailed', 'a precondition does not hold');

/** Null for the whole; a range that cannot be read as one is ignored, as HTTP has it. */
function byteRange(range: string | undefined, size: number): { start: number; end: number } | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= end) throw new S3Error(416, 'InvalidRange', 'the range cannot be satisfied');
  return { start, end };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    size += chunk.length;
    if (size > MAX_OBJECT)
      throw new S3Error(400, 'EntityTooLarge', `an object has at most ${MAX_OBJECT} bytes`);
  }
  return Buffer.concat(chunks);
}

function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string | Buffer,
): void {
  const length = status === 204 || status === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length }).end(body);
}

function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  // The client is gone: nobody to tell.
  if (request.destroyed && !request.complete) return;
  const known = error instanceof S3Error ? error : new S3Error(500, 'InternalError', String(error));
  const xml = renderXml('Error', [
    ['Code', known.code],
    ['Message', known.message],
    ['Resource', request.url ?? ''],
  ]);
  send(response, known.status, { 'content-type': 'application/xml' }, xml);
}
