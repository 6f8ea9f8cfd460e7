import { describe, expect, it } from 'vitest';
import type { Outcome, StudioForm } from '../../../src/requests/request-model.ts';
import { BY_ADA, LiveIndex, studioForm } from '../../support/requests/live-index.ts';

const create = (index: LiveIndex, form: Partial<StudioForm> = {}): Promise<Outcome> =>
  index.editor.save({ kind: 'studio', action: 'create', form: studioForm(form) }, BY_ADA);

async function update(index: LiveIndex, id: number, form: Partial<StudioForm>): Promise<Outcome> {
  const view = await index.reader.studio(id);
  if (!view) throw new Error(`no studio ${id}`);
  const shown = {
    ...view,
    latitude: String(view.latitude ?? ''),
    longitude: String(view.longitude ?? ''),
    trustLevel: String(view.trustLevel),
  };
  const edit = { kind: 'studio', action: 'update', id, version: view.version } as const;
  return index.editor.save({ ...edit, form: { ...shown, ...form } }, BY_ADA);
}

async function remove(index: LiveIndex, id: number): Promise<Outcome> {
  const version = (await index.reader.studio(id))?.version ?? '';
  return index.editor.save({ kind: 'studio', action: 'delete', id, version }, BY_ADA);
}

describe('a studio that is made', () => {
  it.each(['migrated', 'sample'] as const)(
    'has its key by name, its owner, and the owner its site, in the %s schema',
    async (schema) => {
      const index = new LiveIndex({ schema });
      const outcome = await create(index, {
        name: 'Graz Süd',
        owner: 'olga',
        sisters: ['Kobe'],
        trustLevel: '50',
      });
      expect(outcome).toMatchObject({ kind: 'saved', id: 5 });
      expect(index.row('locations', 5)).toMatchObject({
        key: 'graz-sud',
        name: 'Graz Süd',
        latitude: 47.07,
        longitude: 15.44,
        locale: 'de_DE',
        region: null,
        user_id: 2,
        sisters: 'Kobe',
        trust_level: 50,
      });
      expect(index.row('users', 2)['sites']).toBe('Boston,Salem,Graz Süd');
      expect(index.warnings()).toEqual([]);
    },
  );

  it('is called by its name up to the first dot or comma, and says so', async () => {
    const index = new LiveIndex();
    const outcome = await create(index, { name: 'St. Gallen, Switzerland' });
    expect(outcome).toMatchObject({ kind: 'saved', warnings: [expect.stringContaining('called "St"')] });
    expect(index.row('locations', 5)).toMatchObject({ name: 'St', key: 'st' });
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: '.x' }, 'name'],
    [{ name: 'Boston' }, 'name'],
    [{ name: 'BOSTON', key: 'b2' }, 'name'],
    [{ key: 'boston' }, 'key'],
    [{ key: 'index' }, 'key'],
    [{ key: 'a b' }, 'key'],
    [{ latitude: '91' }, 'latitude'],
    [{ longitude: '-181' }, 'longitude'],
    [{ latitude: 'north' }, 'latitude'],
    [{ latitude: '' }, 'latitude'],
    [{ locale: 'de_AT' }, 'locale'],
    [{ locale: '../x' }, 'locale'],
    [{ region: 'hel' }, 'region'],
    [{ region: 'xxx' }, 'region'],
    [{ owner: 'nobody' }, 'owner'],
    [{ sisters: ['Atlantis'] }, 'sisters'],
    [{ trustLevel: '60' }, 'trustLevel'],
    [{ trustLevel: '125' }, 'trustLevel'],
    [{ logo: '../../etc/passwd' }, 'logo'],
  ])('with %j is refused at its field', async (form, field) => {
    const index = new LiveIndex();
    const before = index.digest();
    const outcome = await create(index, form);
    expect(outcome.kind === 'invalid' && outcome.problems.map((problem) => problem.field)).toContain(field);
    expect([index.digest(), index.log.entries]).toEqual([before, []]);
  });

  it('is never called index, which would make its owner an administrator', async () => {
    const index = new LiveIndex();
    for (const name of ['index', 'Index', ' index ', 'index. of', 'ｉndex']) {
      const outcome = await create(index, { name, key: 'x', owner: 'olga' });
      expect(outcome).toMatchObject({ kind: 'invalid', problems: [{ field: 'name' }] });
    }
    expect((await index.reader.rightsOf('olga')).isAdministrator).toBe(false);
  });

  it('has no owner in an index without owners, which is said at the field', async () => {
    const index = new LiveIndex({ schema: 'old' });
    const outcome = await create(index, { owner: 'olga', sisters: ['Kobe'], trustLevel: '25' });
    expect(outcome.kind === 'invalid' && outcome.problems.map(({ field }) => field)).toEqual([
      'owner',
      'sisters',
      'trustLevel',
    ]);
    expect((await create(index)).kind).toBe('saved');
  });
});

describe('a studio that is renamed', () => {
  it('carries the sites of its users and the lists of its sisters along, and nobody loses access', async () => {
    const index = new LiveIndex();
    const outcome = await update(index, 2, { name: 'Somerville' });
    expect(outcome).toMatchObject({ kind: 'saved' });
    expect(index.row('locations', 1)['sisters']).toBe('Somerville');
    await update(index, 1, { name: 'Beacon' });
    expect(index.row('users', 2)['sites']).toBe('Beacon,Salem');
    expect(index.row('users', 4)['sites']).toBe('Kobe');
    expect((await index.reader.rightsOf('olga')).owned.map(({ name }) => name)).toEqual([
      'Beacon',
      'Somerville',
    ]);
    expect(index.log.last.rows.map(({ table, id }) => `${table} ${id}`)).toEqual(['locations 1', 'users 2']);
  });

  it('leaves lists alone that have its name as a part of another one', async () => {
    const index = new LiveIndex();
    index.use((db) => db.exec("UPDATE users SET sites = 'Kobe,  Boston Harbor' WHERE id = 4"));
    await update(index, 1, { name: 'Beacon' });
    expect(index.row('users', 4)['sites']).toBe('Kobe,  Boston Harbor');
  });

  it('by its key says where its events and their databases go', async () => {
    const index = new LiveIndex();
    expect(await update(index, 1, { key: 'beacon' })).toMatchObject({
      kind: 'saved',
      consequences: [
        expect.stringContaining('/2026/boston/ to /2026/beacon/'),
        expect.stringContaining('2026-boston to 2026-beacon'),
      ],
    });
  });

  it('keeps its key where the form has none', async () => {
    const index = new LiveIndex();
    await update(index, 1, { name: 'Beacon', key: '' });
    expect(index.row('locations', 1)).toMatchObject({ name: 'Beacon', key: 'boston' });
  });
});

describe('a studio that is changed', () => {
  it('to another region says which serves it', async () => {
    const index = new LiveIndex();
    expect(await update(index, 1, { region: 'nrt' })).toMatchObject({
      consequences: [
        'The studio boston is served by the region nrt, which fetches the databases of its events as they were uploaded last. What is written into them after that stays on the old machine: have nobody work in them until the machines are updated.',
      ],
    });
  });

  it('keeps a locale that the platform does not offer, if it had it already', async () => {
    const index = new LiveIndex();
    index.use((db) => db.exec("UPDATE locations SET locale = 'de_AT' WHERE id = 1"));
    expect((await update(index, 1, { name: 'Beacon' })).kind).toBe('saved');
  });

  it('to another owner lets that one enter, too', async () => {
    const index = new LiveIndex();
    await update(index, 1, { owner: 'sue' });
    expect(index.row('locations', 1)['user_id']).toBe(3);
    expect(index.row('users', 3)['sites']).toBe('Boston');
  });

  it('to no owner leaves the sites of the old one', async () => {
    const index = new LiveIndex();
    expect(await update(index, 1, { owner: '' })).toMatchObject({ kind: 'saved', warnings: [] });
    expect([index.row('locations', 1)['user_id'], index.row('users', 2)['sites']]).toEqual([
      null,
      'Boston, Salem',
    ]);
  });
});

describe('a studio that is deleted', () => {
  it.each(['migrated', 'sample'] as const)(
    'takes its events and its name in all lists with it, in the %s schema',
    async (schema) => {
      const index = new LiveIndex({ schema });
      const before = index.digest('users', 'locations', 'showcases');
      const outcome = await remove(index, 3);
      expect(outcome).toMatchObject({
        kind: 'saved',
        consequences: [expect.stringContaining('2 events go, whose addresses no longer answer')],
        warnings: [expect.stringContaining('"Salem" goes out of the lists of 1 user')],
      });
      expect(index.rows('showcases').map(({ id }) => id)).toEqual([1, 4]);
      expect(index.rows('locations').map(({ id }) => id)).toEqual([1, 2, 4]);
      expect(index.row('users', 2)['sites']).toBe('Boston');
      expect(index.digest('users', 'locations', 'showcases')).toBe(before);
      expect(index.use((db) => db.pragma('foreign_key_check'))).toEqual([]);
      expect(index.warnings()).toEqual([]);
    },
  );
});
