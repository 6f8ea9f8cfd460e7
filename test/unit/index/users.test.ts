import { describe, expect, it } from 'vitest';
import { SAMPLE_HASHES } from '../../../dev/sample/people.ts';
import { parseHtpasswdLine } from '../../../src/index/htpasswd.ts';
import { HOSTILE_LINES } from '../../support/indexes/hostile.ts';
import { HASH, SOUND } from '../../support/indexes/indexes.ts';
import { readTables } from '../../support/indexes/read.ts';

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

  it('with white space within its hash gets that as the reason', () => {
    for (const white of [' ', '\u00a0', '\u3000']) {
      const parsed = parseHtpasswdLine(`eve:${HASH.slice(0, 20)}${white}${HASH.slice(20)}`);
      expect(parsed).toEqual({ reason: 'has white space within its hash' });
    }
  });

  it.each(HOSTILE_LINES)('with %s is refused, without a word of it in the reason', (_, line) => {
    const parsed = parseHtpasswdLine(line);
    expect(parsed).toEqual({ reason: expect.stringMatching(/^[\x20-\x7e]{5,}$/) });
    expect(JSON.stringify(parsed)).not.toMatch(/\$2|secret|eve|Zkgk/);
  });
});

describe('users', () => {
  it('are sorted by id, with their line and their sites', () => {
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

  it('of one name count once, with the lowest id of the good rows', () => {
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

  it.each(['\n', '\r\n', '\r', ' ', '\t', '  \t\r\n\r\n', '\v\f', '\u0085', '\u00a0', '\u2028', '\u3000'])(
    'whose line ends with %j get it without that, as Navigator reads it',
    (end) => {
      const users = [...SOUND.users, { userid: 'bob', password: `bob:${HASH}${end}`, sites: null }];
      const { index, warnings } = readTables({ users });
      expect(index.users[1]?.htpasswdLine).toBe(`bob:${HASH}`);
      expect(warnings).toEqual([]);
    },
  );

  it('without anything but white space in their line are left out in no time', () => {
    const password = `bob:${' '.repeat(2 ** 18)}x${'\n'.repeat(2 ** 18)}`;
    const { index, warnings } = readTables({ users: [...SOUND.users, { userid: 'bob', password }] });
    expect(index.users).toHaveLength(1);
    expect(warnings).toMatchObject([{ row: 'user bob (users 2)' }]);
  });

  it('whose lines differ only by Unicode form are two', () => {
    const names = ['\u00e9', 'e\u0301'];
    const users = names.map((userid) => ({ userid, password: `${userid}:${HASH}` }));
    expect(readTables({ users }).index.users.map((user) => user.userid)).toEqual(names);
  });
});

describe('an administrator whose password proves nothing to update_config', () => {
  const sha = (rounds: number) => `$5$rounds=${rounds}$saltsalt$${'a'.repeat(43)}`;
  const read = (rows: readonly (readonly [userid: string, hash: string, sites: string])[]) =>
    readTables({
      ...SOUND,
      users: rows.map(([userid, hash, sites], i) => ({
        id: i + 1,
        userid,
        password: `${userid}:${hash}`,
        sites,
      })),
    });

  it('causes a warning if the hash costs too much; no other user does', () => {
    const { index, warnings } = read([
      ['ann', HASH, 'index'],
      ['dear', sha(200_001), 'Boston,index'],
      ['bob', sha(200_001), 'Boston'],
    ]);
    expect(index.users.map(({ userid }) => userid)).toEqual(['ann', 'dear', 'bob']);
    expect(warnings).toEqual([
      {
        table: 'users',
        id: 2,
        row: 'user dear (users 2)',
        reason:
          'its hash costs more than bcrypt 14 or 200,000 rounds: this user can log in, but is not an administrator for update_config',
      },
    ]);
  });

  it('causes a warning if administrators have hashes of more than eight kinds and costs', () => {
    const rows = Array.from({ length: 9 }, (_, i) => [`u${i}`, sha(1000 + i), 'index'] as const);
    expect(read(rows.slice(0, 8)).warnings).toEqual([]);
    const { warnings } = read([...rows, ['same', sha(1008), 'index']]);
    expect(warnings.map(({ row }) => row)).toEqual(['user u7 (users 8)']);
    expect(warnings[0]?.reason).toContain('administrators have hashes of more than 8 kinds and costs');
  });
});
