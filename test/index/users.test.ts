import { describe, expect, it } from 'vitest';
import { SAMPLE_HASHES } from '../../dev/sample/people.ts';
import { parseHtpasswdLine } from '../../src/index/htpasswd.ts';
import { HOSTILE_LINES } from '../support/hostile.ts';
import { HASH, SOUND } from '../support/indexes.ts';
import { readTables } from '../support/read.ts';

const SHA512 = SAMPLE_HASHES['crypt-sha512'] ?? '';

describe('a line of htpasswd', () => {
  it.each(Object.entries(SAMPLE_HASHES))('of %s is usable', (_, hash) => {
    expect(parseHtpasswdLine(`eve:${hash}`)).toEqual({ userid: 'eve', hash });
  });

  it.each([
    HASH.replace('$2y$', '$2x$'),
    HASH.replace('$05$', '$04$'),
    HASH.replace('$05$', '$16$'),
    `$5$a$${'.'.repeat(43)}`,
    `$6$rounds=1000$a$${SHA512.slice(-86)}`,
    `$6$rounds=1000000$${'a'.repeat(16)}$${SHA512.slice(-86)}`,
    `$apr1$a$${'/'.repeat(22)}`,
    `{SSHA}${Buffer.alloc(84).toString('base64')}`,
  ])('may have %s for its hash', (hash) => {
    expect(parseHtpasswdLine(`eve:${hash}`)).toEqual({ userid: 'eve', hash });
  });

  it.each(['Eve', 'eve smith', 'eve@example.com', 'Ève', '夏娃', '#eve', 'e'.repeat(255)])(
    'may have %s for its user',
    (userid) => {
      expect(parseHtpasswdLine(`${userid}:${HASH}`)).toEqual({ userid, hash: HASH });
    },
  );

  it.each(HOSTILE_LINES)('with %s is refused, without a word of it in the reason', (_, line) => {
    const parsed = parseHtpasswdLine(line);
    expect(parsed).toEqual({ reason: expect.stringMatching(/^[\x20-\x7e]{5,}$/) });
    expect(JSON.stringify(parsed)).not.toMatch(/\$2|secret|eve|Zkgk/);
  });
});

describe('users', () => {
  it('stand by id, with their line and their sites', () => {
    const users = [
      { userid: 'bob', password: `bob:${HASH}`, sites: ' Boston ,, St. Louis,' },
      { userid: 'ada', password: null, sites: 'index' },
      { userid: 'eve', password: `eve:${HASH}`, sites: null },
    ];
    expect(readTables({ users })).toMatchObject({
      warnings: [],
      index: {
        users: [
          { id: 1, userid: 'bob', htpasswdLine: `bob:${HASH}`, sites: ['Boston', 'St. Louis'] },
          { id: 2, userid: 'ada', htpasswdLine: null, sites: ['index'] },
          { id: 3, userid: 'eve', htpasswdLine: `eve:${HASH}`, sites: [] },
        ],
      },
    });
  });

  it('of one name count once: the lowest id of those that are good', () => {
    const users = [
      ...SOUND.users,
      { userid: 'bob', password: 'bob:clear' },
      { userid: 'bob', password: `bob:${HASH}`, sites: 'Boston' },
      { userid: 'bob', password: `bob:${HASH}`, sites: 'index' },
    ];
    const { index, warnings } = readTables({ users });
    expect(index.users.map(({ id, sites }) => [id, sites])).toEqual([
      [1, ['index']],
      [3, ['Boston']],
    ]);
    expect(warnings.map(({ id }) => id)).toEqual([2, 4]);
  });

  it('whose lines differ only by Unicode form are two', () => {
    const names = ['\u00e9', 'e\u0301'];
    const users = names.map((userid) => ({ userid, password: `${userid}:${HASH}` }));
    expect(readTables({ users }).index.users.map((user) => user.userid)).toEqual(names);
  });
});
