import { describe, expect, it } from 'vitest';
import { readIndex } from '../../../src/index/read-index.ts';
import type { Outcome } from '../../../src/requests/request-model.ts';
import { BY_ADA, LiveIndex, ROWS } from '../../support/requests/live-index.ts';

/** Five events of one studio and year, and others around them. */
function listOf(orders: readonly (number | null)[]): LiveIndex {
  const showcases = orders.map((order, at) => ({
    id: at + 10,
    year: 2027,
    key: `k${at}`,
    name: `N${at}`,
    location_id: 3,
    order,
  }));
  return new LiveIndex({ rows: { ...ROWS, showcases: [...ROWS.showcases, ...showcases] } });
}

async function move(index: LiveIndex, id: number, before: number | null): Promise<Outcome> {
  const version = (await index.reader.event(id))?.version ?? '';
  return index.editor.save({ kind: 'event', action: 'move', id, version, before }, BY_ADA);
}

/** As machines list them. */
const listed = (index: LiveIndex): (number | undefined)[] =>
  index.use((db) => readIndex(db).index.years[0]?.studios[0]?.events.map(({ id }) => id)) ?? [];

describe('an event that is moved within its list', () => {
  it.each([
    [10, null, [11, 12, 13, 10]],
    [13, 10, [13, 10, 11, 12]],
    [10, 12, [11, 10, 12, 13]],
    [12, 11, [10, 12, 11, 13]],
  ])('stands where it was put: %i before %s', async (id, before, ids) => {
    const index = listOf([20, 21, 25, 30]);
    const others = index.rows('showcases').slice(0, 4);
    expect(await move(index, id, before)).toMatchObject({ kind: 'saved', id, consequences: [] });
    expect(listed(index)).toEqual(ids);
    expect((await index.reader.eventsOfStudio('salem'))[0]?.events.map((event) => event.id)).toEqual(ids);
    expect(index.rows('showcases').slice(0, 4)).toEqual(others);
    expect(
      index
        .rows('showcases')
        .slice(4)
        .map(({ order }) => order)
        .sort(),
    ).toEqual([20, 21, 25, 30]);
  });

  it.each([[[null, null, null]], [[5, 5, 5]], [[5, null, 5]]])(
    'stands there also where the list has the orders %j',
    async (orders) => {
      const index = listOf(orders);
      const before = listed(index);
      const [first, second, third] = before;
      expect((await index.reader.eventsOfStudio('salem'))[0]?.events.map(({ id }) => id)).toEqual(before);
      await move(index, third ?? 0, first ?? 0);
      expect(listed(index)).toEqual([third, first, second]);
      const undone = await index.editor.save({ kind: 'undo', of: index.log.last }, BY_ADA);
      expect([undone.kind, listed(index)]).toEqual(['saved', before]);
    },
  );

  it('is unchanged where it stood there already', async () => {
    const index = listOf([20, 21]);
    expect(await move(index, 10, 11)).toEqual({ kind: 'unchanged', id: 10 });
  });

  it.each([1, 2, 10, 99])('is not put before %i, which is not in its list', async (before) => {
    const index = listOf([20, 21]);
    expect(await move(index, 10, before)).toMatchObject({ kind: 'invalid', problems: [{ field: 'before' }] });
  });
});
