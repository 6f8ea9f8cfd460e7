import { createHash } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { SAMPLE_HASHES, SAMPLE_PASSWORD } from '../../../dev/sample/people.ts';
import { isAdministrator } from '../../../src/http/authorize.ts';
import type { Credentials } from '../../../src/http/credentials.ts';
import type { User } from '../../../src/index/index-model.ts';
import { verifyPassword } from '../../../src/index/password.ts';

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
  ])('%j with the password %j gets the result %s', async (userid, password, expected) => {
    expect(await ask(basic(userid, password), users)).toBe(expected);
  });

  it('is unknown if there is no index, or no user in it', async () => {
    expect(await ask(basic('ann', 'secret'), null)).toBe(false);
    expect(await ask(basic('ann', 'secret'), [])).toBe(false);
  });

  it('has the rights of the row of that name, not of the row that holds the line', async () => {
    const crossed = [user('ann', HASHES.sha, ['index'], 'bob'), user('bob', HASHES.bcrypt, [], 'ann')];
    expect(await ask(basic('ann', 'secret'), crossed)).toBe(false);
    expect(await ask(basic('bob', 'secret'), crossed)).toBe(true);
  });

  it('cannot log in with a hash as the password', async () => {
    expect(await ask(basic('sha', HASHES.sha), users)).toBe(false);
    expect(await ask(basic('nohash', 'null'), users)).toBe(false);
  });
});

describe('a bearer token', () => {
  const bearer = (token: string): Credentials => ({ scheme: 'bearer', token });

  it.each([
    ['t0ken', 't0ken', true],
    ['t0ken', 't0keN', false],
    ['t0ken', 't0ken ', false],
    ['t0ke', 't0ken', false],
    ['', '', false],
    ['', null, false],
    ['null', null, false],
  ])('%j, where the machine has %j, gives %s', async (given, expected, right) => {
    expect(await ask(bearer(given), null, expected)).toBe(right);
  });

  it('is not accepted as a password, nor a password as a token', async () => {
    expect(await ask(basic('', 't0ken'), null, 't0ken')).toBe(false);
    expect(await ask(bearer('secret'), [user('ann', HASHES.sha)])).toBe(false);
  });
});

describe('a caller without credentials', () => {
  it('is not an administrator', async () => {
    expect(await ask(null, [user('ann', HASHES.sha)], 't0ken')).toBe(false);
  });
});

describe('a refusal', () => {
  /** `secret`; beyond what is verified here, though Navigator lets them in. */
  const DEAR = {
    bcrypt: '$2b$15$abcdefghijklmnopqrstuuB1A/ENTI1pzO2sjUa3mRvMw8Yfwf38.',
    'crypt-sha256': '$5$rounds=200001$saltsalt$0qw99kQh1mixGqKA.e3704E5v1zhUf7M83DAzsdvyM.',
    'crypt-sha512':
      '$6$rounds=200001$saltsalt$D7Qq4dfADTvs/5Y6lVokZdlN4zfgy5eKR6yBPdEyNY89tB1q65IaShG7L4SJsmudzemlDeZVTNCAsSKSxPDWC.',
  };
  const kinds = Object.keys(SAMPLE_HASHES);
  const users = [
    user('nohash', null),
    ...Object.entries(DEAR).map(([kind, hash]) => user(`dear ${kind}`, hash)),
    // Two of each kind, so that none of the second ones stands for its kind.
    ...['one', 'two'].flatMap((which) =>
      kinds.map((kind) => user(`${which} ${kind}`, SAMPLE_HASHES[kind] ?? null, ['boston'])),
    ),
    user('cost four', HASHES.bcrypt),
    user('cost four, too', bcrypt.hashSync('other', 4)),
  ];

  /** Kind and cost of a hash, without the letter of bcrypt, which costs nothing. */
  const workOf = (hash: string): string =>
    /^(?:\$2.\$\d\d|\$apr1|\$[56](?:\$rounds=\d+)?|\{\w+\})/.exec(hash)?.[0].replace(/^\$2./, '') ?? '';

  /** The hashes that were verified for one request, in the order of their work. */
  async function verifiedFor(userid: string, password: string): Promise<string[]> {
    const verified: string[] = [];
    const right = await isAdministrator(
      { credentials: basic(userid, password) },
      { users, token: null },
      async (hash, given) => {
        verified.push(hash);
        return await verifyPassword(hash, given);
      },
    );
    expect(right).toBe(false);
    return verified;
  }

  it.each([
    ['nobody', 'wrong'],
    ['nobody', SAMPLE_PASSWORD],
    ['nohash', 'wrong'],
    ...kinds.map((kind): [string, string] => [`one ${kind}`, 'wrong']),
    ...kinds.map((kind): [string, string] => [`two ${kind}`, 'wrong']),
    // Who knows the password of somebody who is no administrator is refused, too.
    ...kinds.map((kind): [string, string] => [`two ${kind}`, SAMPLE_PASSWORD]),
    ['cost four', 'wrong'],
    ['cost four, too', 'wrong'],
    ...Object.keys(DEAR).map((kind): [string, string] => [`dear ${kind}`, 'secret']),
    ...Object.keys(DEAR).map((kind): [string, string] => [`dear ${kind}`, 'wrong']),
  ])('of %j costs one verification of each kind and cost among the users (%j)', async (userid, password) => {
    const verified = await verifiedFor(userid, password);
    expect(verified.map(workOf).sort()).toEqual(
      ['$04', '$05', '$apr1', '{SHA}', '{SSHA}', '$5', '$6$rounds=6000'].sort(),
    );
    const own = users.find((one) => one.userid === userid)?.htpasswdLine?.slice(userid.length + 1);
    if (own !== undefined && !Object.values(DEAR).includes(own)) expect(verified).toContain(own);
  });

  it('verifies no hash that costs more than bcrypt 14 or 200,000 rounds', async () => {
    for (const [kind, hash] of Object.entries(DEAR)) {
      expect(await verifiedFor(`dear ${kind}`, 'secret')).not.toContain(hash);
      expect(await verifyPassword(hash, 'secret')).toBe(false);
    }
  });

  it('verifies eight kinds at most, whatever an index has: those of most administrators', async () => {
    /** What is verified is counted, not done. */
    const sha = (rounds: number) => `$5$rounds=${rounds}$saltsalt$${'a'.repeat(43)}`;
    const odd = Array.from({ length: 300 }, (_, i) => user(`odd ${i}`, sha(1000 + i), ['boston']));
    const rare = Array.from({ length: 20 }, (_, i) => user(`rare ${i}`, sha(3000 + i)));
    const usual = ['ann', 'bob'].map((name) => user(name, sha(5000)));
    const users = [...odd, ...rare, ...usual];
    const refusals = async (userid: string): Promise<string[]> => {
      const verified: string[] = [];
      const verify = async (hash: string) => verified.push(hash) === 0;
      const request = { credentials: basic(userid, 'wrong') };
      expect(await isAdministrator(request, { users, token: null }, verify)).toBe(false);
      return verified.sort();
    };
    const expected = [...[0, 1, 2, 3, 4, 5, 6].map((i) => sha(3000 + i)), sha(5000)];
    for (const userid of ['nobody', 'odd 7', 'rare 3', 'rare 19', 'bob'])
      expect([userid, await refusals(userid)]).toEqual([userid, expected]);
  });

  it.each(['', 'x'.repeat(129), 'é'.repeat(65)])(
    'of a password that no user can have costs nothing: %j',
    async (password) => {
      for (const userid of ['nobody', 'nohash', 'one apr1', 'cost four', 'dear bcrypt']) {
        expect(await verifiedFor(userid, password)).toEqual([]);
      }
    },
  );
});

it('an administrator waits only for the verification of his own hash', async () => {
  const users = [user('ann', HASHES.sha), user('bob', HASHES.bcrypt)];
  const verified: string[] = [];
  const verify = async (hash: string, password: string) => {
    verified.push(hash);
    return await verifyPassword(hash, password);
  };
  expect(await isAdministrator({ credentials: basic('bob', 'secret') }, { users, token: null }, verify)).toBe(
    true,
  );
  expect(verified).toEqual([HASHES.bcrypt]);
});

it('a password of 128 bytes lets its user in', async () => {
  const password = 'x'.repeat(128);
  const hash = `{SHA}${createHash('sha1').update(password).digest('base64')}`;
  expect(await ask(basic('ann', password), [user('ann', hash)])).toBe(true);
});
