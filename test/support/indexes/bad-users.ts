import { validWith as valid } from '../machine/expected.ts';
import type { BadInput } from './bad-inputs.ts';
import { HOSTILE_LINES } from './hostile.ts';
import { buildIndex, HASH, type PlainRow } from './indexes.ts';

const eve = (password: string | Buffer | null): PlainRow => ({ userid: 'eve', password });

const lines: readonly BadInput[] = HOSTILE_LINES.flatMap(([what, line]) => [
  valid(`a user with ${what}`, { users: [eve(line)] }, ['users', 2, /^password /]),
  {
    name: `one user only, with ${what}`,
    make: () => buildIndex({ users: [{ userid: line.split(':')[0] ?? '', password: line }] }),
    expected: 'invalid',
    because: /no user has a usable htpasswd line/,
    warnings: [],
  },
]);

const users: readonly BadInput[] = [
  {
    name: 'no users',
    make: () => buildIndex({ users: [] }),
    expected: 'invalid',
    because: /no user/,
    warnings: [],
  },
  {
    name: 'only users without a password',
    make: () => buildIndex({ users: [eve(null)] }),
    expected: 'invalid',
    because: /no user/,
    warnings: [],
  },
  valid('a user without a password', { users: [eve(null)] }),
  valid('a user with the line of another', { users: [eve(`ada:${HASH}`)] }, [
    'users',
    2,
    /line of another userid/,
  ]),
  valid('a line in other capitals', { users: [eve(`Eve:${HASH}`)] }, ['users', 2, /line of another userid/]),
  valid('one user twice', { users: [{ userid: 'ada', password: `ada:${HASH}` }] }, [
    'users',
    2,
    /row 1 has the same/,
  ]),
  valid('a password that is a blob', { users: [eve(Buffer.from(`eve:${HASH}`))] }, [
    'users',
    2,
    /blob where text/,
  ]),
  valid('a user without a name', { users: [{ userid: null, password: `x:${HASH}` }] }, [
    'users',
    2,
    /no user name/,
  ]),
  valid('a user name with a colon', { users: [{ userid: 'e:e', password: null }] }, ['users', 2, /a colon/]),
];

/** Users who must not get into htpasswd, and indexes that have none who may. */
export const BAD_USERS: readonly BadInput[] = [...lines, ...users];
