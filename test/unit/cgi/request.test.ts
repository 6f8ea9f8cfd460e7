import { describe, expect, it } from 'vitest';
import { parseRequest, type Request } from '../../../src/cgi/request.ts';

/** A request whose standard input must not be asked. */
async function request(env: Record<string, string>): Promise<Request> {
  const input = {
    fd: -1,
    stream: () => {
      throw new Error('standard input was looked at');
    },
  };
  return await parseRequest({ REQUEST_METHOD: 'POST', CONTENT_LENGTH: '0', ...env }, input);
}

const codeOf = async (env: Record<string, string>) => (await request(env)).refusal?.code ?? null;

describe('a request method', () => {
  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'post', 'POST ', 'P\r\nX: y'])(
    '%j is refused',
    async (method) => {
      expect(await codeOf({ REQUEST_METHOD: method })).toBe('method-not-allowed');
    },
  );

  it('is quoted without characters that could forge a line', async () => {
    const { refusal } = await request({ REQUEST_METHOD: `A\r\n\u001b[2J${'x'.repeat(100)}` });
    expect(refusal?.message).toMatch(/^A\?\?\?\[2Jx+\.\.\. is not allowed here$/);
  });
});

describe('a query', () => {
  it.each([
    ['', false, false],
    ['dry_run=1', true, false],
    ['force=1', false, true],
    ['dry_run=1&force=1', true, true],
    ['dry_run=0&force=0', false, false],
    ['&&dry_run=1&', true, false],
    ['%64ry_run=%31', true, false],
    ['dry_run=1&dry_run=1', true, false],
  ])('%j asks for dry_run=%s, force=%s', async (query, dryRun, force) => {
    const told = await request({ QUERY_STRING: query });
    expect(told).toMatchObject({ dryRun, force, state: false, refusal: null });
  });

  it.each(['state=1', 'state=1&dry_run=0&force=0', '%73tate=1'])('%j asks for the state', async (query) => {
    const told = await request({ QUERY_STRING: query });
    expect(told).toMatchObject({ dryRun: false, force: false, state: true, refusal: null });
  });

  // Most of these were meant as a dry run, or to change nothing, by whoever wrote them; none may become an update.
  it.each([
    'dry_run',
    'dry_run=',
    'dry_run=yes',
    'dry_run=true',
    'dry_run=01',
    'dry_run=1&dry_run=0',
    'dry-run=1',
    'dryrun=1',
    'dryRun=1',
    'DRY_RUN=1',
    'dry_run=%',
    'force=on',
    'Force=1',
    '--dry-run',
    'state',
    'state=yes',
    'State=1',
    'state=1&state=0',
    'state=1&dry_run=1',
    'force=1&state=1',
    // No separator for us, though it was one in CGI's early days.
    'a;dry_run=1',
    'dry_run=1;force=1',
    'forced=1',
    'rollback=1',
    'foo=1',
    'a',
    '=1',
    'dry_run=1&utm_source=mail',
    'state=1&a=b',
    'dry_run%3D1',
  ])('%j is refused', async (query) => {
    expect(await codeOf({ QUERY_STRING: query })).toBe('usage');
  });

  it.each([
    ['a;dry_run=1', 'there is no parameter "a;dry_run" (is dry_run meant?)'],
    ['dry-run=1', 'there is no parameter "dry-run" (is dry_run meant?)'],
    ['dryrum=1', 'there is no parameter "dryrum" (is dry_run meant?)'],
    ['dry=1', 'there is no parameter "dry" (is dry_run meant?)'],
    ['run=dry', 'there is no parameter "run" (is dry_run meant?)'],
    ['forced=1', 'there is no parameter "forced" (is force meant?)'],
    ['froce=1', 'there is no parameter "froce" (is force meant?)'],
    ['status=1', 'there is no parameter "status" (is state meant?)'],
    ['stat=1', 'there is no parameter "stat" (is state meant?)'],
    ['rollback=1', 'there is no parameter "rollback"'],
    ['a', 'there is no parameter "a"'],
    ['=1', 'there is no parameter ""'],
    ['%0d%0a%1b%22=1', 'there is no parameter "???\\""'],
    ['dry_run=yes', 'dry_run must be 1 or 0'],
    ['dry_run=1;force=1', 'dry_run must be 1 or 0'],
  ])('%j is refused with the words: %s', async (query, message) => {
    const { refusal } = await request({ QUERY_STRING: query });
    expect(refusal).toMatchObject({ code: 'usage', message });
    expect(refusal?.hint).toBe('Use ?dry_run=1, ?force=1, ?state=1, or none of them; between two stands &.');
  });
});

describe('a body', () => {
  it.each([['1'], ['99999999999999999999999'], ['0012']])(
    'that CONTENT_LENGTH announces as %s is refused',
    async (length) => {
      expect(await codeOf({ CONTENT_LENGTH: length })).toBe('body-not-accepted');
    },
  );

  it.each([['0'], ['000'], [' 0 ']])('that CONTENT_LENGTH announces as %j counts as none', async (length) => {
    expect(await codeOf({ CONTENT_LENGTH: length })).toBeNull();
  });

  it.each([['-1'], ['+1'], ['1.5'], ['0x1'], ['abc'], ['1, 1']])(
    'that CONTENT_LENGTH announces as %j is an error',
    async (length) => {
      expect(await codeOf({ CONTENT_LENGTH: length })).toBe('usage');
    },
  );

  it('is not read if the method is refused', async () => {
    expect(await codeOf({ REQUEST_METHOD: 'PUT', CONTENT_LENGTH: '' })).toBe('method-not-allowed');
  });
});

describe('the format of the answer', () => {
  it.each([
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/html', 'text'],
    ['application/json', 'json'],
    ['Application/JSON; charset=utf-8', 'json'],
    ['application/*', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['text/plain, application/json', 'text'],
    ['text/plain;q=0.5, application/json;q=0.8', 'json'],
    ['application/json;q=0.5, text/plain;q=0.8', 'text'],
    ['application/json;q=0.5, */*;q=0.1', 'json'],
    ['*/*;q=0.9, application/json;q=0.8', 'text'],
    ['application/json, */*', 'json'],
    ['application/json;q=0', 'text'],
    ['application/json;q=0, */*', 'text'],
    ['application/json;q=2', 'text'],
    ['application/json;q=x', 'text'],
    ['application/jsonx', 'text'],
    [',,;;q=,', 'text'],
  ])('with Accept %j is %s', async (accept, form) => {
    expect((await request(accept === undefined ? {} : { HTTP_ACCEPT: accept })).form).toBe(form);
  });

  it('also applies to a refused request', async () => {
    expect(await request({ REQUEST_METHOD: 'GET', HTTP_ACCEPT: 'application/json' })).toMatchObject({
      form: 'json',
      refusal: { code: 'method-not-allowed' },
    });
  });
});

describe('the credentials of a request', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    [basic('ann:secret'), { scheme: 'basic', userid: 'ann', password: 'secret' }],
    [basic(' ann\t: secret '), { scheme: 'basic', userid: 'ann', password: ' secret ' }],
    [basic('ann:a:b'), { scheme: 'basic', userid: 'ann', password: 'a:b' }],
    [basic('ärzte:pässwörd'), { scheme: 'basic', userid: 'ärzte', password: 'pässwörd' }],
    [basic(':'), { scheme: 'basic', userid: '', password: '' }],
    [basic('ann:secret').replace('Basic', 'bAsIC'), { scheme: 'basic', userid: 'ann', password: 'secret' }],
    ['Bearer abc.def', { scheme: 'bearer', token: 'abc.def' }],
    ['bearer  abc', { scheme: 'bearer', token: 'abc' }],
    [basic('ann'), null],
    ['Basic', null],
    ['Basic !!!', null],
    ['Basic YW5u YTpi', null],
    ['Bearer', null],
    ['Digest username="ann"', null],
    ['', null],
  ])('of Authorization %j are read', async (header, credentials) => {
    expect((await request({ HTTP_AUTHORIZATION: header })).credentials).toEqual(credentials);
  });

  it('are none without the header', async () => {
    expect((await request({})).credentials).toBeNull();
  });
});
