import { describe, expect, it } from 'vitest';
import type { Outcome, RegionForm } from '../../../src/requests/request-model.ts';
import { BY_ADA, LiveIndex } from '../../support/requests/live-index.ts';

const FRA: RegionForm = {
  type: 'fly',
  code: 'fra',
  location: 'Frankfurt',
  latitude: '50.1',
  longitude: '8.7',
};

async function edit(
  index: LiveIndex,
  id: number,
  what: { form: RegionForm } | { studiosTo: string | null },
): Promise<Outcome> {
  const version = (await index.reader.region(id))?.version ?? '';
  const existing = { kind: 'region', id, version } as const;
  if ('form' in what) return index.editor.save({ ...existing, action: 'update', ...what }, BY_ADA);
  return index.editor.save({ ...existing, action: 'delete', ...what }, BY_ADA);
}

describe('a region', () => {
  it('that is made is one row, and says which studios it serves', async () => {
    const index = new LiveIndex();
    const form = { ...FRA, code: 'bos', latitude: '42.36', longitude: '-71' };
    const outcome = await index.editor.save({ kind: 'region', action: 'create', form }, BY_ADA);
    expect(outcome).toMatchObject({
      kind: 'saved',
      id: 4,
      consequences: [
        '2 studios (boston, cambridge) are served by the region bos, which fetches the databases of their events as they were uploaded last. What is written into them after that stays on the old machine: have nobody work in them until the machines are updated.',
      ],
    });
    expect(index.row('regions', 4)).toMatchObject({ type: 'fly', code: 'bos', latitude: 42.36 });
  });

  it.each([
    [{ type: 'y k' }, 'type'],
    [{ type: '' }, 'type'],
    [{ code: '' }, 'code'],
    [{ code: 'iad' }, 'code'],
    [{ code: 'index' }, 'code'],
    [{ code: 'a/b' }, 'code'],
    [{ location: '' }, 'location'],
    [{ latitude: '' }, 'latitude'],
    [{ longitude: '200' }, 'longitude'],
  ])('with %j is refused at its field', async (more, field) => {
    const index = new LiveIndex();
    const form = { ...FRA, ...more };
    const outcome = await index.editor.save({ kind: 'region', action: 'create', form }, BY_ADA);
    expect(outcome).toMatchObject({ kind: 'invalid', problems: [{ field }] });
    expect(index.rows('regions')).toHaveLength(3);
  });

  it('may lie at a pole, and be called by 100 letters, but not by more', async () => {
    const index = new LiveIndex();
    const form = { ...FRA, latitude: '-90', longitude: '180', location: 'x'.repeat(100) };
    const make = { kind: 'region', action: 'create' } as const;
    expect(await index.editor.save({ ...make, form }, BY_ADA)).toMatchObject({ kind: 'saved' });
    const long = { ...form, code: 'bos', location: 'x'.repeat(101) };
    expect(await index.editor.save({ ...make, form: long }, BY_ADA)).toMatchObject({ kind: 'invalid' });
  });

  it.each([
    ['gets another code', { form: FRA }],
    ['is deleted', { studiosTo: null }],
  ])('that %s leaves studios to another one of its code', async (_, what) => {
    const index = new LiveIndex();
    index.use((db) => db.exec("UPDATE regions SET code = 'iad' WHERE id = 2"));
    const before = index.rows('locations');
    expect(await edit(index, 1, what)).toMatchObject({ kind: 'saved' });
    expect(index.rows('locations')).toEqual(before);
  });

  it('that gets another code takes the studios that name it along', async () => {
    const index = new LiveIndex();
    const form = { type: 'fly', code: 'ewr', location: 'Newark', latitude: '40.7', longitude: '-74.2' };
    await edit(index, 1, { form });
    expect(index.row('locations', 3)['region']).toBe('ewr');
    expect(index.warnings()).toEqual([]);
  });

  it('in use cannot be deleted without saying where its studios go', async () => {
    const index = new LiveIndex();
    const before = index.digest();
    expect(await edit(index, 2, { studiosTo: null })).toEqual({
      kind: 'invalid',
      problems: [{ field: 'studiosTo', message: '1 studio is in this region (kobe): say where they go.' }],
    });
    for (const studiosTo of ['nrt', 'hel', 'xxx']) {
      expect(await edit(index, 2, { studiosTo })).toMatchObject({ problems: [{ field: 'studiosTo' }] });
    }
    expect(index.digest()).toBe(before);
  });

  it.each([
    ['iad', 'iad'],
    ['', null],
  ])('in use is deleted with its studios in "%s"', async (studiosTo, region) => {
    const index = new LiveIndex();
    const outcome = await edit(index, 2, { studiosTo });
    expect(outcome).toMatchObject({
      kind: 'saved',
      consequences: [expect.stringContaining('kobe is served by the region iad')],
    });
    expect(index.row('locations', 4)['region']).toBe(region);
    expect(index.rows('regions').map(({ code }) => code)).toEqual(['iad', 'hel']);
  });

  it('that no studio names is deleted without more', async () => {
    const index = new LiveIndex();
    expect(await edit(index, 3, { studiosTo: null })).toMatchObject({ kind: 'saved', consequences: [] });
  });
});
