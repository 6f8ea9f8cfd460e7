import { describe, expect, it } from 'vitest';
import { type BodyPlace, BodyPlaces } from '../../../src/http/body-places.ts';

let now = 0;
const placesFor = (count: number, each: number): BodyPlaces =>
  new BodyPlaces(() => now, { all: { count, bytes: count * 10 }, each: { count: each, bytes: each * 10 } });
const enterAll = (places: BodyPlaces, whose: readonly string[], bytes = 10): BodyPlace[] =>
  whose.map((one) => places.enter(one, bytes));
const lostOf = (places: readonly BodyPlace[]) => places.map(({ lost }) => lost.aborted);

describe('bodies of senders that nobody knows', () => {
  it('of one have so many places, and so many bytes', () => {
    const places = placesFor(10, 2);
    enterAll(places, ['a', 'a']);
    expect(() => places.enter('a', 0)).toThrow('too many bodies of this address');
    const other = places.enter('b', 15);
    expect(() => places.enter('b', 6)).toThrow('too many bodies of this address');
    places.enter('b', 5);
    other.leave();
    other.leave();
    expect(places.taken).toEqual({ count: 3, bytes: 25 });
    places.enter('b', 15);
  });

  it('of one sender give theirs, oldest first, to its others, once they are slow', () => {
    const places = placesFor(10, 2);
    const slow = enterAll(places, ['a', 'a']);
    now += 999;
    expect(() => places.enter('a', 1)).toThrow();
    now += 1;
    places.enter('a', 10);
    expect(lostOf(slow)).toEqual([true, false]);
    expect(places.taken).toEqual({ count: 2, bytes: 20 });
  });

  it('of whoever has most give the oldest of theirs to a newcomer, however quick they are', () => {
    const places = placesFor(4, 3);
    const taken = enterAll(places, ['b', 'a', 'a', 'a']);
    taken.push(...enterAll(places, ['c', 'd']));
    expect(lostOf(taken)).toEqual([false, true, true, false, false, false]);
    expect(places.taken).toEqual({ count: 4, bytes: 40 });
  });

  it('of many that have one each give the oldest of all', () => {
    const places = placesFor(3, 3);
    const taken = enterAll(places, ['a', 'b', 'c', 'd', 'e']);
    expect(lostOf(taken)).toEqual([true, true, false, false, false]);
  });

  it('that are refused take nothing from others', () => {
    const places = placesFor(3, 2);
    const taken = enterAll(places, ['a', 'b', 'b']);
    expect(() => places.enter('b', 1)).toThrow();
    expect(() => places.enter('c', 21)).toThrow();
    expect(lostOf(taken)).toEqual([false, false, false]);
    expect(places.taken).toEqual({ count: 3, bytes: 30 });
  });
});
