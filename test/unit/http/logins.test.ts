import { describe, expect, it } from 'vitest';
import { SAMPLE_HASHES, SAMPLE_PASSWORD } from '../../../dev/sample/people.ts';
import { Attempts } from '../../../src/http/attempts.ts';
import { Logins } from '../../../src/http/logins.ts';
import type { User } from '../../../src/index/index-model.ts';
import { verifyPassword } from '../../../src/index/password.ts';
import { failureOf } from '../../support/suite/failure.ts';

const person = (userid: string, hash: string): User => ({
  id: 1,
  userid,
  htpasswdLine: `${userid}:${hash}`,
  sites: [],
});
const BCRYPT = SAMPLE_HASHES['bcrypt 2b'] ?? '';
const ADA = { userid: 'ada', password: SAMPLE_PASSWORD };
const WRONG = { userid: 'ada', password: 'wrong' };

/** With a clock that stands still, and a count of hashes. */
function setUp(users: readonly User[] = [person('ada', BCRYPT)]) {
  const clock = { now: 0 };
  const hashed: string[] = [];
  const logins = new Logins({
    now: () => clock.now,
    verify: (hash, password) => {
      hashed.push(password);
      return verifyPassword(hash, password);
    },
  });
  const ask = (login: typeof ADA, address = '203.0.113.7', known = users) =>
    logins.isRight(login, address, known);
  /** Fails so many times, waiting for every pause. */
  const fail = async (times: number, address?: string): Promise<void> => {
    for (let count = 0; count < times; count++) {
      clock.now += 60_000;
      expect(await ask(WRONG, address)).toBe(false);
    }
  };
  return { clock, hashed, logins, ask, fail };
}

describe('a login', () => {
  it.each(Object.entries(SAMPLE_HASHES))('is right by a hash of the kind %s', async (_, hash) => {
    const { ask } = setUp([person('ada', hash)]);
    expect(await ask(ADA)).toBe(true);
    expect(await ask(WRONG)).toBe(false);
  });

  it('is hashed once in a minute', async () => {
    const { clock, hashed, ask } = setUp();
    for (let count = 0; count < 10; count++) expect(await ask(ADA)).toBe(true);
    expect(hashed).toEqual([SAMPLE_PASSWORD]);
    clock.now += 60_001;
    expect(await ask(ADA)).toBe(true);
    expect(hashed).toHaveLength(2);
  });

  it('is hashed once where many things are asked for at once', async () => {
    const { hashed, ask } = setUp();
    expect(await Promise.all(Array.from({ length: 50 }, () => ask(ADA)))).not.toContain(false);
    expect(hashed).toHaveLength(1);
  });

  it('is not right any more as soon as the password is another one', async () => {
    const { ask } = setUp();
    expect(await ask(ADA)).toBe(true);
    expect(await ask(ADA, undefined, [person('ada', '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=')])).toBe(false);
    expect(await ask(ADA, undefined, [])).toBe(false);
  });

  it('is not remembered where it was wrong', async () => {
    const { hashed, ask } = setUp();
    expect(await ask(WRONG)).toBe(false);
    expect(await ask(WRONG)).toBe(false);
    expect(hashed).toEqual(['wrong', 'wrong']);
  });

  it.each([
    ['no password', { userid: 'ada', password: '' }],
    ['no name', { userid: '', password: SAMPLE_PASSWORD }],
    ['the name of nobody', { userid: 'nobody', password: SAMPLE_PASSWORD }],
    ['the name in other letters', { userid: 'ADA', password: SAMPLE_PASSWORD }],
    ['a password of a megabyte', { userid: 'ada', password: 'x'.repeat(2 ** 20) }],
  ])('is wrong with %s', async (_, login) => {
    expect(await setUp().ask(login)).toBe(false);
  });
});

describe('logins that fail', () => {
  it('are slowed down at their address, also for other names, by pauses that grow', async () => {
    const { clock, logins, ask, fail } = setUp();
    await fail(5);
    const pauses: number[] = [];
    for (let count = 0; count < 9; count++) {
      const failure = await failureOf(() => ask({ userid: 'bob', password: 'x' }));
      const pause = (failure as unknown as { retryAfterMs: number }).retryAfterMs;
      expect(failure.code).toBe('too-many-requests');
      pauses.push(pause);
      clock.now += pause;
      expect(await ask({ userid: `other${count}`, password: 'x' })).toBe(false);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(logins.failures).toBe(14);
  });

  it('cost no hash while they are slowed down', async () => {
    const { hashed, ask, fail } = setUp();
    await fail(5);
    await failureOf(() => ask(ADA));
    expect(hashed).not.toContain(SAMPLE_PASSWORD);
  });

  it('are slowed down by their name, from wherever they come', async () => {
    const { ask, fail } = setUp();
    for (let count = 0; count < 10; count++) await fail(1, `203.0.113.${count}`);
    const failure = await failureOf(() => ask(ADA, '198.51.100.1'));
    expect(failure.code).toBe('too-many-requests');
  });

  it('do not keep out who has logged in from where she is now', async () => {
    const { clock, ask, fail } = setUp();
    expect(await ask(ADA, '198.51.100.1')).toBe(true);
    for (let count = 0; count < 20; count++) await fail(1, `203.0.113.${count}`);
    expect(clock.now).toBeGreaterThan(60_000);
    expect(await ask(ADA, '198.51.100.1')).toBe(true);
  });

  it('do not keep out whose password was proved just now', async () => {
    const { clock, ask } = setUp();
    expect(await ask(ADA)).toBe(true);
    for (let count = 0; count < 5; count++) await ask(WRONG);
    clock.now += 500;
    expect(await ask(ADA)).toBe(true);
  });

  it('of a neighbour at the same address do not keep out who has logged in there', async () => {
    const { clock, ask } = setUp();
    expect(await ask(ADA)).toBe(true);
    for (let count = 0; count < 20; count++) {
      clock.now += 60_000;
      expect(await ask({ userid: 'bob', password: 'wrong' })).toBe(false);
    }
    expect(await ask(ADA)).toBe(true);
  });

  it('are not forgotten for a success of another name: who knows one password cannot try others in between', async () => {
    const { clock, ask } = setUp([person('ada', BCRYPT), person('eve', BCRYPT)]);
    const eve = { userid: 'eve', password: SAMPLE_PASSWORD };
    for (let count = 0; count < 5; count++) {
      clock.now += 60_000;
      expect(await ask({ userid: `user${count}`, password: 'x' })).toBe(false);
      expect(await ask(eve)).toBe(true);
    }
    expect((await failureOf(() => ask(WRONG))).code).toBe('too-many-requests');
  });

  it('are slowed down also where that name has logged in before', async () => {
    const { clock, ask, fail } = setUp();
    expect(await ask(ADA)).toBe(true);
    await fail(5);
    clock.now += 500;
    expect((await failureOf(() => ask(WRONG))).code).toBe('too-many-requests');
  });

  it('before the right one are forgotten with it', async () => {
    const { clock, ask } = setUp();
    for (let round = 0; round < 5; round++) {
      clock.now += 60_001;
      for (let count = 0; count < 3; count++) expect(await ask(WRONG)).toBe(false);
      expect(await ask(ADA)).toBe(true);
    }
  });

  it('count for all addresses of one IPv6 network', async () => {
    const { ask } = setUp();
    for (let count = 0; count < 5; count++) await ask(WRONG, `2001:db8:1:2:${count}::9`);
    expect((await failureOf(() => ask(ADA, '2001:db8:1:2::1'))).code).toBe('too-many-requests');
    expect(await ask(ADA, '2001:db8:1:3::1')).toBe(true);
  });

  it('are forgotten after a quarter of an hour', async () => {
    const { clock, ask, fail } = setUp();
    await fail(8);
    clock.now += 15 * 60_000;
    expect(await ask(WRONG)).toBe(false);
    expect(await ask(ADA)).toBe(true);
  });

  it('of ever new names fill no memory: the oldest are forgotten', () => {
    const attempts = new Attempts(() => 0);
    for (let count = 0; count < 5; count++) attempts.failed('first');
    expect(attempts.pauseOf('first')).toBe(1000);
    for (let count = 0; count < 10_000; count++) attempts.failed(`name${count}`);
    expect(attempts.pauseOf('first')).toBe(0);
  });
});

it('passwords that wait to be hashed are limited, and the rest is told to come again', async () => {
  const { hashed, ask } = setUp();
  const asked = Array.from({ length: 300 }, (_, at) =>
    ask({ userid: 'ada', password: `${at}` }, `10.0.${at % 2}.${at}`),
  );
  const answers = await Promise.allSettled(asked);
  const codes = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
  expect(codes.filter((code) => code === 'busy')).toHaveLength(44);
  // Ten wrong ones of one name are enough: the others are not looked at any more.
  expect(hashed).toHaveLength(10);
});

it('passwords of one address are tried in turn with those of others, and few of them once they fail', async () => {
  const { hashed, ask } = setUp();
  const asked = Array.from({ length: 80 }, (_, at) => ask({ userid: 'bob', password: `${at}` }));
  const other = ask(ADA, '198.51.100.1');
  const answers = await Promise.allSettled(asked);
  const refused = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
  expect(refused).toEqual(Array(75).fill('too-many-requests'));
  expect(await other).toBe(true);
  // After the one that was being hashed already, and one more.
  expect(hashed.indexOf(SAMPLE_PASSWORD)).toBe(2);
});

it('of twenty people behind one address each logs in at once', async () => {
  const people = Array.from({ length: 20 }, (_, at) => person(`owner${at}`, BCRYPT));
  const { hashed, ask } = setUp(people);
  const asked = [...people, ...people].map(({ userid }) => ask({ userid, password: SAMPLE_PASSWORD }));
  expect(new Set(await Promise.all(asked))).toEqual(new Set([true]));
  expect(hashed).toHaveLength(20);
});

it('passwords of strangers at many addresses keep nobody out who has logged in from hers', async () => {
  const { clock, ask } = setUp();
  expect(await ask(ADA, '198.51.100.1')).toBe(true);
  clock.now += 60_001;
  const asked = Array.from({ length: 100 }, (_, at) =>
    ask({ userid: 'bob', password: `${at}` }, `10.0.0.${at}`),
  );
  const own = ask(ADA, '198.51.100.1');
  await Promise.allSettled(asked);
  expect(await own).toBe(true);
});
