import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  authorization,
  type Credentials,
  credentialSecrets,
  readCredentials,
} from '../../../src/fleet/machine-login.ts';
import { findLogin } from '../../../src/fleet/netrc.ts';
import { isPrivateWay } from '../../../src/private-way.ts';
import { failureOf } from '../../support/suite/failure.ts';

const HOST = 'smooth.fly.dev';
const SECRET = 'correct horse';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'netrc-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const read = (user: string | null, env: Record<string, string> = {}) =>
  readCredentials(user, { HOME: home, ...env }, HOST);
const basic = (user: string, password: string): Credentials => ({ scheme: 'basic', user, password });

function writeNetrc(text: string, mode = 0o600, name = '.netrc'): string {
  const path = join(home, name);
  writeFileSync(path, text, { mode });
  return path;
}

describe('the credentials of config-update', () => {
  it('are none where none are given', () => {
    expect(read(null)).toBe(null);
    expect(read(null, { FLEET_USER: '', UPDATE_CONFIG_TOKEN: '', NETRC: '' })).toBe(null);
  });

  it('come from --user, else the environment, else netrc', () => {
    writeNetrc(`machine ${HOST} login netrc password p4`);
    const env = { FLEET_USER: 'env:p2', UPDATE_CONFIG_TOKEN: 'token-of-them' };
    expect(read('option:p1', env)).toEqual(basic('option', 'p1'));
    expect(read(null, env)).toEqual(basic('env', 'p2'));
    expect(read(null, { UPDATE_CONFIG_TOKEN: 'token-of-them' })).toEqual({
      scheme: 'bearer',
      token: 'token-of-them',
    });
    expect(read(null)).toEqual(basic('netrc', 'p4'));
  });

  it('of a user without a password take it from the environment, else from the netrc entry of that user', () => {
    writeNetrc(`machine ${HOST} login bob password p1\nmachine ${HOST} login ann password p2\n`);
    expect(read('ann', { FLEET_PASSWORD: 'p3' })).toEqual(basic('ann', 'p3'));
    expect(read('ann')).toEqual(basic('ann', 'p2'));
    expect(read(null, { FLEET_USER: 'ann' })).toEqual(basic('ann', 'p2'));
  });

  it('may have a password with colons and any letters', () => {
    expect(read('ann:a:b:ü\n')).toEqual(basic('ann', 'a:b:ü\n'));
    expect(authorization(basic('ann', 'a:b'))).toBe('Basic YW5uOmE6Yg==');
    expect(authorization({ scheme: 'bearer', token: 't' })).toBe('Bearer t');
  });

  it.each([
    ['ann', 'usage'],
    ['ann:', 'usage'],
    [':secret', 'usage'],
    ['', 'usage'],
  ])('by --user %j are refused', async (user, code) => {
    expect(await failureOf(() => read(user))).toMatchObject({ code });
  });

  it('that an HTTP header cannot have are refused without being quoted', async () => {
    const failure = await failureOf(() => read(null, { UPDATE_CONFIG_TOKEN: `${SECRET}\r\nX: y` }));
    expect(failure.code).toBe('config-invalid');
    expect(failure.message).not.toContain(SECRET);
  });

  it('list their secret parts', () => {
    expect(credentialSecrets(null)).toEqual([]);
    expect(credentialSecrets(basic('ann', 'a:b'))).toEqual(['a:b', 'YW5uOmE6Yg==']);
  });

  it('are sent only over a private connection', () => {
    const open = ['http://smooth.fly.dev/', 'http://10.0.0.1/', 'http://localhost.example.com/'];
    const closed = ['https://a.b/', 'http://127.0.0.1:1/', 'http://[::1]/', 'http://d1.vm.smooth.internal/'];
    expect(open.filter((url) => isPrivateWay(new URL(url)))).toEqual([]);
    expect(closed.filter((url) => !isPrivateWay(new URL(url)))).toEqual([]);
  });
});

describe('netrc', () => {
  it.each([
    ['one line', `machine ${HOST} login ann password p1`],
    ['many lines', `machine ${HOST}\n\tlogin ann\n\taccount x\n\tpassword p1\n`],
    ['any order', `machine ${HOST} password p1 login ann`],
    ['another case of the host', `machine SMOOTH.fly.dev login ann password p1`],
    [
      'entries before and after',
      `machine a.b login x password y\nmachine ${HOST} login ann password p1\ndefault login d password e`,
    ],
    ['the first of two', `machine ${HOST} login ann password p1\nmachine ${HOST} login bob password p2`],
    ['a default', 'machine a.b login x password y\ndefault login ann password p1'],
    ['the host after the default', `default login x password y\nmachine ${HOST} login ann password p1`],
    ['comments', `# machine ${HOST} login x password y\nmachine ${HOST} login ann password p1 `],
    ['a macro', `macdef init\nmachine ${HOST} login x password y\n\nmachine ${HOST} login ann password p1`],
    ['CRLF', `machine ${HOST}\r\nlogin ann\r\npassword p1\r\n`],
    ['quotes', `machine ${HOST} login "ann" password "p1"`],
  ])('is read with %s', (_, text) => {
    expect(findLogin(text, HOST, null)).toEqual({ login: 'ann', password: 'p1' });
  });

  it.each([
    ['nothing', ''],
    ['another host', 'machine a.b login ann password p1'],
    ['no password', `machine ${HOST} login ann`],
    ['no login', `machine ${HOST} password p1`],
    ['half an entry', 'machine'],
    ['bytes', '\u0000\u0001machine"\\'],
  ])('gives no credentials with %s', (_, text) => {
    expect(findLogin(text, HOST, null)).toBe(null);
  });

  it('may quote spaces and quotes', () => {
    const text = `machine ${HOST} login ann password "a \\"b\\" \\\\ c"`;
    expect(findLogin(text, HOST, null)?.password).toBe('a "b" \\ c');
  });

  it('is the file that NETRC names, else the one in the home directory', () => {
    writeNetrc(`machine ${HOST} login home password p1`);
    const path = writeNetrc(`machine ${HOST} login named password p2`, 0o600, 'other');
    expect(read(null)).toEqual(basic('home', 'p1'));
    expect(read(null, { NETRC: path })).toEqual(basic('named', 'p2'));
  });

  it('that others can read is used with a warning, if it has an entry for the host', () => {
    const path = writeNetrc(`machine ${HOST} login ann password p1`, 0o644);
    const caution = `the passwords in ${path} can be read by others: chmod 600 ${path}`;
    expect(read(null)).toEqual({ ...basic('ann', 'p1'), caution });
    expect(read('ann')).toEqual({ ...basic('ann', 'p1'), caution });
    expect(read('ann', { FLEET_PASSWORD: 'p2' })).toEqual(basic('ann', 'p2'));
    expect(readCredentials(null, { HOME: home }, 'a.b')).toBe(null);
  });

  it('that was not named and cannot be read is ignored, since an update needs no credentials', () => {
    const file = writeNetrc('', 0o600, 'file');
    symlinkSync('.netrc', join(home, '.netrc'));
    const switchedOff = join(home, 'switched-off');
    mkdirSync(switchedOff);
    symlinkSync('/dev/null', join(switchedOff, '.netrc'));
    for (const where of [home, file, join(home, 'gone'), switchedOff])
      expect(readCredentials(null, { HOME: where }, HOST)).toBe(null);
  });

  it('that was named and is missing, not a file, or not readable, is refused', async () => {
    mkdirSync(join(home, 'directory'));
    symlinkSync('loop', join(home, 'loop'));
    for (const name of ['gone', 'directory', 'loop']) {
      expect(await failureOf(() => read(null, { NETRC: join(home, name) }))).toMatchObject({
        code: 'config-invalid',
        message: expect.stringContaining(name),
      });
    }
  });
});
