/** What happens between two runs, or while one waits for the store without the lock. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { moment } from '../../../src/journal/arrival.ts';
import type { Arrival } from '../../../src/journal/journal-model.ts';
import { readShareable } from '../../../src/journal/remembered.ts';
import { withJournal } from '../../support/journal/db-dir.ts';
import { Place } from '../../support/update/place.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.machine.remove());

const sharedSince = async (since: Arrival) => {
  const caller = { kind: 'plain', appRoot: place.site.appRoot } as const;
  const { result } = await readShareable(place.machine.dbDir, 0, { since, caller });
  return result?.run ?? null;
};

it('a request that comes when the store is asked already does not take the result: it may know of a newer index', async () => {
  let came: Arrival | undefined;
  place.openStore = async () => {
    came = moment();
    return null;
  };
  const before = moment();
  const { result } = await place.update();
  expect(await sharedSince(before)).toBe(result.run);
  expect(came && (await sharedSince(came))).toBe(null);
});

it('the start hook forgets that the clock was ahead before: Navigator has loaded by the clock as it is now', async () => {
  await place.update();
  const ahead = Date.now() + 3_600_000;
  place.inJournal(`UPDATE meta SET value = '${ahead}' WHERE key = 'clock_mark'`);
  await place.update();
  const mark = () => withJournal(place.machine.dbDir, (journal) => journal.clockMark());
  expect(await mark()).toBe(ahead);
  await place.start();
  expect(await mark()).toBeLessThanOrEqual(Date.now());
});
