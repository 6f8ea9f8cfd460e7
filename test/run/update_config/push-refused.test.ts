import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../support/machine/machine.ts';
import { giveKeys, newKey, type Pushing, push, pushOf } from '../../support/machine/pushing.ts';
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

describe('a pushed index that is refused', () => {
  const refused = async (pushing: Partial<Pushing>, query = '') => {
    const { status, result, headers } = await send(pushing, query);
    expect({ status, code: result.error?.code }).toEqual({ status: 401, code: 'unauthorized' });
    expect(Math.abs(Date.parse(headers['date'] ?? '') - Date.now())).toBeLessThan(60_000);
    expect(machine.snapshot().size).toBe(0);
    return result.error;
  };

  it.each<[string, Partial<Pushing>]>([
    ['does not sign', { headers: { 'webhook-signature': undefined } }],
    ['names no message', { headers: { 'webhook-id': undefined } }],
    ['says no time', { headers: { 'webhook-timestamp': undefined } }],
    [
      'sends nothing of the three',
      {
        headers: { 'webhook-id': undefined, 'webhook-timestamp': undefined, 'webhook-signature': undefined },
      },
    ],
    ['has another key', { key: OTHER }],
    ['signed it too long ago', { at: now() - 400 }],
    ['signed it too far ahead', { at: now() + 400 }],
    ['says a time that is none', { at: 'soon' }],
    ['says a time with a fraction', { at: `${now()}.5` }],
    ['names the message twice', { headers: { 'webhook-id': 'a,a' } }],
    ['names it with a full stop', { id: 'a.b' }],
    ['signs in another version', { headers: { 'webhook-signature': `v2,${'A'.repeat(43)}=` } }],
    ['sends half a signature', { headers: { 'webhook-signature': 'v1,AAAA' } }],
    ['sends a signature without its version', { headers: { 'webhook-signature': `${'A'.repeat(43)}=` } }],
    ['names another message than was signed', { headers: { 'webhook-id': 'msg_other' } }],
    ['says another time than was signed', { headers: { 'webhook-timestamp': String(now() - 1) } }],
  ])('comes from a sender that %s', async (_, pushing) => {
    const error = await refused(pushing);
    const { headers: _none, ...rest } = pushing;
    expect(error).toEqual(await refused({ ...rest, key: OTHER })); // in the same words
  });

  it('has an altered body, and is not looked into', async () => {
    machine.isFromSource = false;
    const request = pushOf({ key: KEY, index: FIRST });
    const body = gzipSync(SECOND);
    const { status } = await push(machine, { ...request, body });
    expect(status).toBe(401);
    const noGzip = await push(machine, { ...request, body: Buffer.from('no gzip at all') });
    expect(noGzip.status).toBe(401);
    expect((await push(machine, request)).status, 'who cannot sign has used up no id').toBe(200);
  });

  it('is refused even with the credentials of an administrator', async () => {
    machine.env = { ...machine.env, UPDATE_CONFIG_TOKEN: 'a-token-of-some-length' };
    const headers = { 'webhook-signature': undefined, Authorization: 'Bearer a-token-of-some-length' };
    await refused({ headers }, 'force=1');
  });

  it('has the id of an earlier message, whatever its outcome', async () => {
    const request = pushOf({ key: KEY, index: FIRST });
    expect((await push(machine, request)).status).toBe(200);
    expect((await push(machine, request)).status).toBe(401);
    const renewed = pushOf({ key: KEY, index: SECOND, id: request.headers['webhook-id'] ?? '' });
    expect((await push(machine, renewed)).status).toBe(401);
    const bad = pushOf({ key: KEY, index: Buffer.from('no index') });
    expect((await push(machine, bad)).result.error?.code).toBe('index-invalid');
    expect((await push(machine, bad)).status).toBe(401);
  });

  it('comes second of several at once with the same id', async () => {
    machine.isFromSource = false;
    await send({ index: SECOND });
    const request = pushOf({ key: KEY, index: FIRST });
    // As many as there are places for bodies: one more could be told to come again.
    const answers = await Promise.all(Array.from({ length: 4 }, () => push(machine, request)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
  });

  it('is explained in the log alone', async () => {
    machine.isFromSource = false;
    machine.env = { ...machine.env, RAILS_LOG_VOLUME: machine.home };
    const { stdout } = await send({ at: now() - 400 });
    expect(stdout).not.toMatch(/400 s|behind/);
    const log = readFileSync(`${machine.home}/update_config.log`, 'utf8');
    expect(log).toMatch(/a pushed index was refused: its webhook-timestamp is 40\d s behind this clock/);
    await send({ key: OTHER });
    expect(readFileSync(`${machine.home}/update_config.log`, 'utf8')).toContain(
      'refused: no signature is right by any key',
    );
  });
});

describe('a machine without a key', () => {
  beforeEach(() => {
    machine.env = { APP_ROOT: machine.appRoot, RAILS_DB_VOLUME: machine.dbDir, ...KAMAL };
  });

  it('accepts no index, signed or not, and says what to set', async () => {
    for (const headers of [{}, { 'webhook-signature': undefined }]) {
      const { status, result } = await send({ headers });
      expect({ status, code: result.error?.code }).toEqual({ status: 415, code: 'body-not-accepted' });
      expect(result.error?.hint).toContain('UPDATE_CONFIG_KEY_FILE');
    }
  });

  it('accepts none by a key in the environment, where every event can read it', async () => {
    machine.env['UPDATE_CONFIG_KEY'] = KEY;
    expect((await send()).status).toBe(415);
  });
});

describe('a file of keys', () => {
  it.each<[string, string, number, string]>([
    ['that others can read', `${KEY}\n`, 0o644, 'can be read by others than its owner'],
    ['that is empty', '\n', 0o600, 'is empty'],
    ['with nothing but a comment', '# none\n', 0o600, 'holds no key'],
    ['with a line that is no key', `${KEY}\nsecret\n`, 0o600, 'line 2, is not whsec_ and base64'],
    ['with a key that is far too short', newKey(8), 0o600, 'less than 16 bytes'],
  ])('%s is reported, and authorizes nobody', async (_, content, mode, problem) => {
    giveKeys(machine, content, mode);
    const { status, result, stdout } = await send();
    expect({ status, code: result.error?.code }).toEqual({ status: 500, code: 'config-invalid' });
    expect(result.error?.message).toContain(problem);
    expect(stdout).not.toContain(KEY);
    await send();
    const plain = await machine.post('state=1');
    expect(plain.status).toBe(200);
  });
});
