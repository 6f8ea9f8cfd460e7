/** An index that a request brings, to a machine that has a key for it. */
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { Machine, postVariables } from '../../support/machine/machine.ts';
import {
  cgiVariables,
  giveKeys,
  newKey,
  type Pushing,
  push,
  pushOf,
  signature,
} from '../../support/machine/pushing.ts';
import { FIRST, SECOND } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

const KAMAL = { KAMAL_CONTAINER_NAME: 'showcase-web' };
const KEY = newKey();
const OTHER = newKey();
const now = (): number => Math.floor(Date.now() / 1000);

useSource();
let machine: Machine;
beforeEach(() => {
  machine = new Machine(KAMAL);
  giveKeys(machine, `${KEY}\n`);
});
afterEach(() => machine.remove());

const send = (pushing: Partial<Pushing> = {}, query = '') =>
  push(machine, pushOf({ key: KEY, index: FIRST, ...pushing }), query);

function users(): number {
  const db = openDatabase(machine.path('index.sqlite3'), { readonly: true });
  try {
    return db.prepare<[], number>('SELECT count(*) FROM users').pluck().get() ?? 0;
  } finally {
    db.close();
  }
}

describe('a signed index', () => {
  it.each(['gzip', ''])(
    'is installed as if it had been fetched (Content-Encoding "%s")',
    async (encoding) => {
      machine.isFromSource = false;
      const { status, exitCode, result } = await send({ encoding });
      expect({ status, exitCode, outcome: result.outcome }).toEqual({
        status: 200,
        exitCode: 0,
        outcome: 'updated',
      });
      expect(result).toMatchObject({
        machine: 'showcase-web',
        index: { source: 'push', size: FIRST.length },
      });
      expect(users()).toBeGreaterThan(0);
      expect(machine.read('navigator.yml')).toMatch(/^auth:/m);

      const state = await machine.post('state=1');
      expect(state.result).toMatchObject({ outcome: 'state', index: result.index });
      const again = await machine.post();
      expect(again.result).toMatchObject({ outcome: 'unchanged', index: result.index });
      expect((await send()).result).toMatchObject({ outcome: 'unchanged' });
    },
  );

  it('is described by the digests of its bytes, and by the ETag that a store would give it', async () => {
    const { result } = await send();
    expect(result.index).toMatchObject({
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('counts by each key while these are rotated, and by each of its signatures', async () => {
    giveKeys(machine, `# the old one\n${OTHER}\n\n${KEY}\r\n`);
    expect((await send({ key: OTHER })).status).toBe(200);
    expect((await send({ key: KEY })).status).toBe(200);
    giveKeys(machine, KEY);
    const id = 'msg_two';
    const at = String(now());
    const body = gzipSync(SECOND);
    const both = `${signature(OTHER, id, at, body)}  v1a,AAAA ${signature(KEY, id, at, body)}`;
    const request = pushOf({ key: KEY, index: SECOND, id, at, headers: { 'webhook-signature': both } });
    expect((await push(machine, request)).result).toMatchObject({ outcome: 'updated' });
  });

  it('is accepted whatever the case and the parameters of its type', async () => {
    const headers = { 'Content-Type': 'Application/VND.SQLite3 ; charset=x', 'Content-Encoding': 'GZip' };
    expect((await send({ headers })).status).toBe(200);
  });

  it('is accepted in a chunked body of unknown length', async () => {
    machine.isFromSource = false;
    const request = pushOf({ key: KEY, index: FIRST });
    const env = { ...cgiVariables(request), CONTENT_LENGTH: '' };
    expect((await push(machine, request, '', { env })).result).toMatchObject({ outcome: 'updated' });
  });

  it('is read up to its length, and further bytes are ignored', async () => {
    machine.isFromSource = false;
    const request = pushOf({ key: KEY, index: FIRST });
    const input = Buffer.concat([request.body, Buffer.from('more')]);
    expect((await push(machine, request, '', { input })).status).toBe(200);
  });

  it('is accepted up to 300 seconds old, or ahead', async () => {
    expect((await send({ at: now() - 295 })).status).toBe(200);
    expect((await send({ at: now() + 295 })).status).toBe(200);
  });

  it('is only checked with dry_run=1, and the answer says what it would change', async () => {
    const { result } = await send({}, 'dry_run=1');
    expect(result).toMatchObject({ outcome: 'dry-run', index: { source: 'push' }, reload: true });
    expect(() => machine.read('navigator.yml')).toThrow();
  });
});

describe('an older pushed index', () => {
  it('never replaces a newer one, unless it is forced', async () => {
    expect((await send({ index: SECOND, at: now() })).result).toMatchObject({ outcome: 'updated' });
    const older = await send({ index: FIRST, at: now() - 60 });
    expect(older.status).toBe(422);
    expect(older.result.error).toMatchObject({ code: 'index-older', hint: expect.stringMatching(/^Push /) });
    expect((await send({ index: FIRST, at: now() - 60 }, 'force=1')).result).toMatchObject({
      outcome: 'updated',
    });
  });

  it('counts by the time that its sender says it was last changed', async () => {
    await send({ index: SECOND });
    const headers = { 'Last-Modified': 'Thu, 01 Jan 2026 00:00:00 GMT' };
    expect((await send({ headers })).result.error?.code).toBe('index-older');
    const wrong = await send({ headers: { 'Last-Modified': 'yesterday' } });
    expect([wrong.status, wrong.result.error?.code]).toEqual([400, 'usage']);
    const ahead = { 'Last-Modified': 'Thu, 01 Jan 2099 00:00:00 GMT' };
    const { result } = await send({ headers: ahead });
    expect(Date.parse(result.index?.time ?? '')).toBeLessThanOrEqual(Date.now());
  });
});

describe('a body of a push', () => {
  const codes = async (pushing: Partial<Pushing>, query = '') => {
    const { status, result } = await send(pushing, query);
    return [status, result.error?.code];
  };

  it('of another type, or packed otherwise, is refused', async () => {
    for (const type of ['application/octet-stream', 'application/vnd.sqlite3x', '']) {
      expect(await codes({ headers: { 'Content-Type': type } })).toEqual([415, 'body-not-accepted']);
    }
    for (const encoding of ['br', 'gzip, gzip', 'deflate']) {
      expect(await codes({ headers: { 'Content-Encoding': encoding } })).toEqual([415, 'body-not-accepted']);
    }
  });

  it('that is signed and empty counts neither as an index nor as a plain update', async () => {
    for (const encoding of ['gzip', '']) {
      expect(await codes({ index: Buffer.alloc(0), encoding })).toEqual([422, 'index-invalid']);
    }
    const empty = { headers: { 'Content-Type': 'application/vnd.sqlite3' }, body: Buffer.alloc(0) };
    expect((await push(machine, empty)).result.error?.code).toBe('index-missing'); // a plain update
  });

  it('that ends early is to be sent again', async () => {
    machine.isFromSource = false;
    const request = pushOf({ key: KEY, index: FIRST });
    const { status, result } = await push(machine, request, '', { input: request.body.subarray(0, 1000) });
    expect([status, result.error?.code]).toEqual([408, 'body-incomplete']);
  });

  it('with more bytes than are allowed is refused, packed or not', async () => {
    machine.env['UPDATE_CONFIG_MAX_INDEX_MIB'] = '1';
    const zeros = Buffer.alloc(1024 * 1024 + 1);
    expect(await codes({ index: zeros, encoding: '' })).toEqual([413, 'body-too-large']);
    expect(await codes({ index: zeros })).toEqual([422, 'index-too-large']);
    const request = pushOf({ key: KEY, index: zeros, encoding: '' });
    const chunked = await push(machine, request, '', {
      env: { ...cgiVariables(request), CONTENT_LENGTH: '' },
    });
    expect([chunked.status, chunked.result.error?.code]).toEqual([413, 'body-too-large']);
    const claimed = await push(machine, request, '', {
      env: { CONTENT_LENGTH: '99999999999999999999' },
    });
    expect(claimed.status).toBe(413);
  });

  it('that is not a complete gzip file is refused, even if it is signed', async () => {
    const whole = gzipSync(FIRST);
    const bodies = {
      truncated: whole.subarray(0, whole.length - 3),
      garbage: Buffer.concat([whole, Buffer.from('garbage')]),
      padded: Buffer.concat([whole, Buffer.alloc(5)]),
      plain: FIRST,
    };
    for (const [name, body] of Object.entries(bodies)) {
      const request = pushOf({
        key: KEY,
        index: body,
        encoding: '',
        headers: { 'Content-Encoding': 'gzip' },
      });
      expect((await push(machine, request)).result.error?.code, name).toBe('index-invalid');
    }
  });

  it('cannot be combined with a request for the state', async () => {
    expect(await codes({}, 'state=1')).toEqual([415, 'body-not-accepted']);
  });

  it('is ignored if the method or the query is wrong', async () => {
    expect(await codes({}, 'dry-run=1')).toEqual([400, 'usage']);
    const request = pushOf({ key: KEY, index: FIRST });
    const { status } = await push(machine, request, '', { env: { REQUEST_METHOD: 'PUT' } });
    expect(status).toBe(405);
  });

  it('that is not an index changes nothing', async () => {
    await send();
    const before = machine.snapshot();
    expect(await codes({ index: Buffer.from('no database') })).toEqual([422, 'index-invalid']);
    expect(machine.snapshot()).toEqual(before);
  });
});

it('a push and a plain request do not share each other’s results', async () => {
  await send({ index: SECOND });
  const other = makeSampleIndex({ events: 30, studios: 20 });
  // Signed at one time: whichever is the first, none is older than another.
  const at = Math.floor(Date.now() / 1000);
  const requests = [FIRST, other, FIRST].map((index) => pushOf({ key: KEY, index, at }));
  const answers = await Promise.all([
    ...requests.map((request) => push(machine, request)),
    machine.run([], { env: postVariables() }),
  ]);
  const sizes = answers.slice(0, 3).map((one) => ('result' in one ? one.result.index?.size : null));
  expect(sizes).toEqual([FIRST.length, other.length, FIRST.length]);
});
