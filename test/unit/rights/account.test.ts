import { describe, expect, it } from 'vitest';
import { findAccount, readAppUser } from '../../../src/rights/account.ts';

const PASSWD =
  'root:x:0:0:root:/root:/bin/bash\nrails:x:1234:1235:Rails:/rails:/bin/sh\nbare:x:77:78::\nbroken:x:none:1::\n';
const GROUP = 'root:x:0:\nrails:x:1236:\nbroken:x:none:\n';
const accounts = { passwd: PASSWD, group: GROUP };

describe('the account of the application', () => {
  it('has the user and the group that Navigator runs tenants as', () => {
    expect(findAccount({ user: 'rails', group: 'rails' }, accounts)).toEqual({
      name: 'rails',
      uid: 1234,
      gid: 1236,
      home: '/rails',
    });
  });

  it('has the user’s own group where none is named, and the top directory where it has no home', () => {
    expect(findAccount({ user: 'rails', group: null }, accounts)).toMatchObject({ uid: 1234, gid: 1235 });
    expect(findAccount({ user: 'bare', group: null }, accounts)).toMatchObject({
      uid: 77,
      gid: 78,
      home: '/',
    });
  });

  it('may be given in numbers, with or without an entry for them', () => {
    expect(findAccount({ user: '1234', group: null }, accounts)).toMatchObject({ name: 'rails', gid: 1235 });
    expect(findAccount({ user: '4242', group: '4243' }, accounts)).toEqual({
      name: '4242',
      uid: 4242,
      gid: 4243,
      home: '/',
    });
    expect(findAccount({ user: '4242', group: null }, accounts)).toMatchObject({ uid: 4242, gid: 4242 });
    const named = { passwd: `${PASSWD}1234:x:5:6::/five:\n`, group: GROUP };
    expect(findAccount({ user: '1234', group: null }, named), 'a name counts first').toMatchObject({
      uid: 5,
    });
  });

  it.each([
    ['nobody', null],
    ['railsx', null],
    ['rails', 'nogroup'],
    ['rails', 'broken'],
    ['broken', null],
    ['4294967295', null],
    ['4242', '4294967294'],
  ])('does not exist without such a user or group, or without a usable number: %s:%s', (user, group) => {
    expect(findAccount({ user, group }, accounts)).toBeNull();
  });
});

describe('APP_USER', () => {
  it('names a user, or a user and a group', () => {
    expect(readAppUser({ APP_USER: 'rails' })).toEqual({ user: 'rails', group: null });
    expect(readAppUser({ APP_USER: '4242:4243' })).toEqual({ user: '4242', group: '4243' });
    expect([readAppUser({}), readAppUser({ APP_USER: '' })]).toEqual([null, null]);
  });

  it.each([':', 'rails:', ':rails', 'a:b:c', 'ra ils', '-1', '../x', 'rails\n'])(
    'is refused with the value %j',
    (value) => {
      expect(() => readAppUser({ APP_USER: value })).toThrow(
        expect.objectContaining({ code: 'config-invalid' }),
      );
    },
  );
});
