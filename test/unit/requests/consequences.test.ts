import { describe, expect, it } from 'vitest';
import type { Index } from '../../../src/index/index-model.ts';
import { consequencesOf } from '../../../src/requests/consequences.ts';
import {
  event,
  inventedIndex,
  multi,
  NOTHING,
  single,
  studio,
  user,
  yearOf,
} from '../../support/indexes/invented-index.ts';

const boston = studio('boston', { name: 'Boston', region: 'iad' });
const [first, second] = [event('a', 'First'), event('b', 'Second')];
const index = (...entries: Parameters<typeof yearOf>): Index => ({
  ...NOTHING,
  studios: entries.map(({ studio: one }) => one),
  years: [yearOf(...entries)],
});

describe('the consequences of an edit', () => {
  it('are none where nothing moves', () => {
    const before = inventedIndex();
    expect(consequencesOf(before, before)).toEqual([]);
  });

  it('name the old and the new path and database of an event', () => {
    const renamed = { ...first, key: 'c' };
    expect(
      consequencesOf(index(multi(2027, boston, first, second)), index(multi(2027, boston, renamed, second))),
    ).toEqual([
      'The event "First" moves from /2027/boston/a/ to /2027/boston/c/: links to the old address no longer lead there.',
      'Its database goes from 2027-boston-a to 2027-boston-c: the next update takes it along.',
    ]);
  });

  it('say of an event that goes to a studio of another region which state of its database that has', () => {
    const salem = studio('salem', { name: 'Salem', region: 'nrt' });
    const [, line] = consequencesOf(
      index(multi(2027, boston, first, second), multi(2027, salem)),
      index(multi(2027, boston, second), multi(2027, salem, first, event('c'))),
    );
    expect(line).toBe(
      'Its database goes from 2027-boston-a to 2027-salem-a: the next update takes it along, to the region nrt, which fetches what was uploaded last. What is written into it after that stays on the old machine: have nobody work in it until the machines are updated.',
    );
  });

  it('say that a database does not come along to a name that another event had until then', () => {
    const exchanged = [
      { ...first, key: 'b' },
      { ...second, key: 'a' },
    ] as const;
    const lines = consequencesOf(
      index(multi(2027, boston, first, second)),
      index(multi(2027, boston, ...exchanged)),
    );
    expect(lines.filter((line) => line.includes('does not take it along'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('takes it along'))).toEqual([]);
  });

  it('count events that go, and name five', () => {
    const events = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => event(key));
    const before = index(multi(2027, boston, ...events));
    expect(consequencesOf(before, { ...before, years: [] })).toEqual([
      '7 events go, whose addresses no longer answer: /2027/boston/a/, /2027/boston/b/, /2027/boston/c/, /2027/boston/d/, /2027/boston/e/ and 2 more. Their databases stay where they are, and nothing uses them.',
    ]);
  });

  it('say which studios another region serves, or every one', () => {
    const before = index(single(2027, boston));
    const moved = (region: string | null): Index => ({ ...before, studios: [{ ...boston, region }] });
    expect(consequencesOf(before, moved('fra'))).toEqual([
      'The studio boston is served by the region fra, which fetches the databases of its events as they were uploaded last. What is written into them after that stays on the old machine: have nobody work in them until the machines are updated.',
    ]);
    expect(consequencesOf(before, moved(null))).toEqual([
      'The studio boston is served by every region, since no region is the nearest.',
    ]);
  });

  it('say what a renamed studio means for its users', () => {
    const before = { ...index(single(2027, boston)), users: [user('ann', undefined, ['Boston'])] };
    const after = {
      ...before,
      studios: [{ ...boston, name: 'Beacon' }],
      users: before.users.map((one) => ({ ...one, sites: ['Beacon'] })),
    };
    expect(consequencesOf(before, after)).toEqual([
      expect.stringMatching(/"Boston" is called "Beacon".*1 user who/),
    ]);
  });

  it('name who can no longer log in', () => {
    const before = { ...NOTHING, users: [user('ann'), user('bob', null)] };
    expect(consequencesOf(before, NOTHING)).toEqual([
      'The user "ann" can no longer log in once the machines are updated.',
    ]);
  });
});
