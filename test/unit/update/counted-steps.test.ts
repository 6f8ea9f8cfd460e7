/** What a step says of how many there are, when a run takes fewer or more of them than it announced. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { createStore } from '../../../src/store/store.ts';
import { pushedIndex } from '../../../src/update/pushed.ts';
import { startEmbedded } from '../../support/store/embedded.ts';
import { Place } from '../../support/update/place.ts';

const LATER = new Date(Date.now() + 60_000);
const EARLIER = new Date(Date.now() - 60_000);
const other = (events: number) => makeSampleIndex({ events, studios: 5 });

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.machine.remove());

it('an update that is held on the admin host ends with the lock, its last step', async () => {
  await place.update(false, pushedIndex(other(5), new Date()));
  place.index("UPDATE locations SET name = 'By hand'");
  const { result, steps } = await place.update(false, pushedIndex(other(6), LATER));
  expect([result.outcome, steps]).toEqual(['held', ['fetch 1/6', 'lock 2/2']]);
});

it('an update that falls back to the index of the machine counts the steps that are done once more', async () => {
  await place.update();
  const { result, steps } = await place.update(false, pushedIndex(Buffer.from('no database'), LATER), {
    mustServe: true,
  });
  expect(result).toMatchObject({ outcome: 'unchanged', fallback: { code: 'index-invalid' } });
  expect(steps).toEqual(['fetch 1/6', 'lock 2/6', 'read 3/6', 'read 4/7', 'generate 5/5']);
});

it('a start that finishes an update counts all of its steps', async () => {
  await place.update();
  place.inJournal("INSERT INTO meta (key, value) VALUES ('pending_reload', 'x')");
  const { result, steps } = await place.start();
  expect(result.outcome).toBe('updated');
  expect(steps).toEqual(['lock 1/4', 'read 2/5', 'generate 3/5', 'check 4/5', 'install 5/5']);
});

it('an update that asks the store once more, after another one, counts all of its steps again', async () => {
  const embedded = await startEmbedded();
  try {
    await embedded.put('db/index.sqlite3', other(5), {});
    const store = createStore(embedded.settings);
    place.variables = { FLY_APP_NAME: 'app', FLY_REGION: 'iad', FLY_MACHINE_ID: 'm1' };
    place.openStore = async () => store;
    await place.update(true);
    // While the store says that nothing has changed, another index is pushed.
    place.openStore = async () => {
      place.openStore = async () => store;
      await place.update(true, pushedIndex(other(6), EARLIER));
      return store;
    };
    const { steps } = await place.update();
    const again = ['fetch 3/8', 'lock 4/8', 'read 5/8', 'generate 6/8', 'check 7/8', 'install 8/8'];
    expect(steps).toEqual(['fetch 1/6', 'lock 2/8', ...again]);
  } finally {
    await embedded.close();
  }
});
