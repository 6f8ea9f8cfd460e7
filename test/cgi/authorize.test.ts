import bcrypt from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { isAdministrator } from '../../src/cgi/authorize.ts';
import type { Credentials } from '../../src/cgi/credentials.ts';
import type { User } from '../../src/index/types.ts';

/** `secret`, by each kind of hash that Navigator knows. */
const HASHES = {
  bcrypt: bcrypt.hashSync('secret', 4),
  sha: '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=',
};
/** Of an empty password. */
const EMPTY_SHA = '{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=';

function user(userid: string, hash: string | null, sites: readonly string[] = ['index'], row = userid): User {
  return { id: 1, userid: row, htpasswdLine: hash === null ? null : `${userid}:${hash}`, sites };
}

const basic = (userid: string, password: string): Credentials => ({ scheme: 'basic', userid, password });
const ask = async (
  credentials: Credentials | null,
  users: readonly User[] | null,
  token: string | null = null,
) => await isAdministrator({ credentials }, { users, token });

describe('a user', () => {
  const users = [
    user('ann', HASHES.bcrypt, ['boston', 'index']),
    user('sha', HASHES.sha),
    user('bob', HASHES.sha, ['boston']),
    user('nosites', HASHES.sha, []),
    user('nohash', null),
    user('empty', EMPTY_SHA),
    user('indexer', HASHES.sha, ['indexes', ' index']),
  ];

  it.each([
    ['ann', 'secret', true],
    ['sha', 'secret', true],
    ['ann', 'Secret', false],
    ['ann', '', false],
    ['bob', 'secret', false],
    ['nosites', 'secret', false],
    ['nohash', 'secret', false],
    ['nohash', '', false],
    ['empty', '', false],
    ['indexer', 'secret', false],
    ['nobody', 'secret', false],
    ['', 'secret', false],
    ['ANN', 'secret', false],
  ])('%j with the password %j: %s', async (userid, password, expected) => {
    expect(await ask(basic(userid, password), users)).toBe(expected);
  });

  it('is nobody when there is no index, or no user in it', async () => {
    expect(await ask(basic('ann', 'secret'), null)).toBe(false);
    expect(await ask(basic('ann', 'secret'), [])).toBe(false);
  });

  it('has the rights of the row of that name, not of the row that holds the line', async () => {
    const crossed = [user('ann', HASHES.sha, ['index'], 'bob'), user('bob', HASHES.bcrypt, [], 'ann')];
    expect(await ask(basic('ann', 'secret'), crossed)).toBe(false);
    expect(await ask(basic('bob', 'secret'), crossed)).toBe(true);
  });

  it('does not get in by a hash for a password', async () => {
    expect(await ask(basic('sha', HASHES.sha), users)).toBe(false);
    expect(await ask(basic('nohash', 'null'), users)).toBe(false);
  });
});

describe('the token', () => {
  const bearer = (token: string): Credentials => ({ scheme: 'bearer', token });

  it.each([
    ['t0ken', 't0ken', true],
    ['t0ken', 't0keN', false],
    ['t0ken', 't0ken ', false],
    ['t0ke', 't0ken', false],
    ['', '', false],
    ['', null, false],
    ['null', null, false],
  ])('%j against %j: %s', async (given, expected, right) => {
    expect(await ask(bearer(given), null, expected)).toBe(right);
  });

  it('is no password, and a password is no token', async () => {
    expect(await ask(basic('', 't0ken'), null, 't0ken')).toBe(false);
    expect(await ask(bearer('secret'), [user('ann', HASHES.sha)])).toBe(false);
  });
});

describe('nobody', () => {
  it('is no administrator', async () => {
    expect(await ask(null, [user('ann', HASHES.sha)], 't0ken')).toBe(false);
  });
});
