import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { preferredForm } from '../../../src/cgi/accept.ts';
import { readBody } from '../../../src/cgi/body.ts';
import { headerProblem, readPush } from '../../../src/cgi/push-request.ts';
import { renderResponse } from '../../../src/cgi/response.ts';
import { parseAuthorization } from '../../../src/http/credentials.ts';
import { OK, statusOf } from '../../../src/http/status.ts';

const NOW = 1_800_000_000;
const push = (more: object = {}) => ({
  encoding: 'gzip' as const,
  length: 1,
  id: 'a',
  timestamp: String(NOW),
  signature: 'v1,x',
  lastModified: '',
  ...more,
});

describe('the headers of a push', () => {
  it('may be 300 seconds from this clock, and no more', () => {
    const at = (ahead: number) => headerProblem(push({ timestamp: String(NOW + ahead) }), NOW);
    expect([at(300), at(-300)]).toEqual([null, null]);
    expect([at(301), at(-301)]).toEqual([
      'its webhook-timestamp is 301 s ahead of this clock',
      'its webhook-timestamp is 301 s behind this clock',
    ]);
  });

  it('name it in up to 256 characters, without a full stop', () => {
    expect(headerProblem(push({ id: 'x'.repeat(256) }), NOW)).toBe(null);
    for (const id of ['x'.repeat(257), 'a.b', 'a b', 'é'])
      expect(headerProblem(push({ id }), NOW)).toBe('its webhook-id is not one');
    for (const timestamp of ['', '1.5', '-1', '1'.repeat(16)])
      expect(headerProblem(push({ timestamp }), NOW)).not.toBe(null);
    for (const missing of [{ id: '' }, { timestamp: '' }, { signature: '' }])
      expect(headerProblem(push(missing), NOW)).toBe('it is not signed');
  });

  it('say that there is an index, and how it is compressed', () => {
    const env = { CONTENT_TYPE: 'Application/vnd.sqlite3; x=y', HTTP_CONTENT_ENCODING: ' GZIP ' };
    expect(readPush(env, null)).toMatchObject({ encoding: 'gzip', length: null, id: '' });
    expect(readPush({ CONTENT_TYPE: 'text/plain' }, 5)).toBe(null);
    expect(readPush({ CONTENT_TYPE: env.CONTENT_TYPE }, 0)).toBe(null);
    expect(readPush({ CONTENT_TYPE: env.CONTENT_TYPE }, 5)).toMatchObject({ encoding: 'none' });
    expect(readPush({ CONTENT_TYPE: env.CONTENT_TYPE, HTTP_WEBHOOK_ID: 'a' }, 0)).toMatchObject({ id: 'a' });
    expect(() => readPush({ ...env, HTTP_CONTENT_ENCODING: 'br' }, 5)).toThrow('Content-Encoding');
  });
});

describe('a body', () => {
  const read = (text: string, length: number | null) => {
    const stream = new PassThrough();
    stream.end(text);
    return readBody({ fd: 0, stream: () => stream }, { length, maxBytes: 4, timeMs: 60_000 });
  };

  it('has at most as many bytes as allowed, announced or not', async () => {
    for (const length of [4, null])
      expect(await read('1234', length)).toEqual({ kind: 'whole', bytes: Buffer.from('1234') });
    for (const length of [5, null]) expect(await read('12345', length)).toEqual({ kind: 'too-large' });
    expect(await read('123', 4)).toEqual({ kind: 'cut-short', got: 3 });
    expect(await read('1234', 0)).toEqual({ kind: 'whole', bytes: Buffer.alloc(0) });
  });

  it('leaves no timer behind, however it ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    for (const length of [4, null]) await read('1234', length);
    await read('12345', null);
    await read('1', 4);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('credentials', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  it('are a user and a password, which may hold colons and spaces', () => {
    expect(parseAuthorization(basic(' ann : a:b '))).toEqual({
      scheme: 'basic',
      userid: 'ann',
      password: ' a:b ',
    });
    expect(parseAuthorization('bearer  t')).toEqual({ scheme: 'bearer', token: 't' });
    for (const header of [undefined, '', 'Basic', 'Basic ???', basic('nocolon'), 'Digest x', 'Bearer a b'])
      expect([header, parseAuthorization(header)]).toEqual([header, null]);
  });
});

it.each([
  [undefined, 'text'],
  ['application/json', 'json'],
  ['*/*', 'text'],
  ['application/*', 'json'],
  ['text/plain, application/json', 'text'],
  ['application/json, text/plain', 'json'],
  ['text/plain;q=0.5, application/json;q=0.6', 'json'],
  ['application/json;q=0', 'text'],
  ['application/json;q=1.5, text/plain;q=0.1', 'text'],
  ['image/png', 'text'],
  ['*/*, application/json', 'json'],
])('with Accept %j the format is %s', (accept, form) => expect(preferredForm(accept)).toBe(form));

describe('a response', () => {
  it('gives no length, is not cached, and cannot be split by its content', () => {
    const text = renderResponse({ status: OK, form: 'text', body: 'é', now: new Date(0) });
    expect(text.split('\r\n')).toEqual([
      'Status: 200 OK',
      'Content-Type: text/plain; charset=utf-8',
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      'Date: Thu, 01 Jan 1970 00:00:00 GMT',
      '',
      'é',
    ]);
    const odd = { status: 200, reason: 'O\r\nX: y', headers: { Allow: 'a\u0000b\n\nc' } };
    const [first, ...rest] = renderResponse({ status: odd, form: 'json', body: '{}' }).split('\r\n');
    expect([first, rest.at(-3)]).toEqual(['Status: 200 O X: y', 'Allow: a b c']);
  });

  it('has a status for each failure, with its headers', () => {
    const codes = (
      ['usage', 'unauthorized', 'busy', 'disk', 'index-older', 'store-timeout', 'body-incomplete'] as const
    ).map((code) => statusOf(code).status);
    expect(codes).toEqual([400, 401, 503, 500, 422, 504, 408]);
    expect(statusOf(null)).toBe(OK);
    expect(statusOf('lock-timeout').headers).toEqual({ 'Retry-After': '10' });
    expect(statusOf('method-not-allowed').headers).toEqual({ Allow: 'POST' });
    expect(statusOf('unauthorized').headers['WWW-Authenticate']).toMatch(/^Basic realm="Showcase"/);
  });
});
