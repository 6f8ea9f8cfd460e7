import { describe, expect, it } from 'vitest';
import type { Outcome, UserForm } from '../../../src/requests/request-model.ts';
import { HASH } from '../../support/indexes/indexes.ts';
import { BY_ADA, LiveIndex, ROWS, userForm } from '../../support/requests/live-index.ts';

const create = (index: LiveIndex, form: Partial<UserForm> = {}): Promise<Outcome> =>
  index.editor.save({ kind: 'user', action: 'create', form: userForm(form) }, BY_ADA);

async function update(index: LiveIndex, id: number, form: Partial<UserForm>): Promise<Outcome> {
  const view = await index.reader.user(id);
  if (!view) throw new Error(`no user ${id}`);
  const edit = { kind: 'user', action: 'update', id, version: view.version } as const;
  return index.editor.save({ ...edit, form: { ...view, ...form } }, BY_ADA);
}

async function remove(index: LiveIndex, id: number, how = BY_ADA): Promise<Outcome> {
  const version = (await index.reader.user(id))?.version ?? '';
  return index.editor.save({ kind: 'user', action: 'delete', id, version }, how);
}

const everything = (index: LiveIndex): string => JSON.stringify([index.log.entries, index.log.saves]);

describe('a user who is made', () => {
  it('has no password, names as typed, and the sites of the form', async () => {
    const index = new LiveIndex();
    expect(await create(index, { sites: ['Kobe', 'Boston', 'Kobe'] })).toMatchObject({
      kind: 'saved',
      id: 5,
    });
    expect(index.row('users', 5)).toMatchObject({
      userid: 'zoe',
      password: null,
      email: 'zoe@example.com',
      name1: 'Zoë',
      name2: null,
      token: null,
      sites: 'Kobe,Boston',
    });
    expect(index.warnings()).toEqual([]);
  });

  it('has a userid that no other has, spaces aside', async () => {
    const index = new LiveIndex();
    index.use((db) => db.exec("UPDATE users SET userid = ' zoe ' WHERE id = 4"));
    expect(await create(index)).toMatchObject({ kind: 'invalid', problems: [{ field: 'userid' }] });
  });

  it('may have the address of another user', async () => {
    const index = new LiveIndex();
    expect((await create(index, { email: 'ada@example.com' })).kind).toBe('saved');
  });

  it.each([
    [{ userid: '' }, 'userid'],
    [{ userid: 'ada' }, 'userid'],
    [{ userid: ' ada ' }, 'userid'],
    [{ userid: 'a:b' }, 'userid'],
    [{ userid: 'a b' }, 'userid'],
    [{ userid: '$2y$05$x' }, 'userid'],
    [{ userid: 'a\nroot:x' }, 'userid'],
    [{ email: '' }, 'email'],
    [{ email: 'zoe' }, 'email'],
    [{ email: 'zoe@example.com\r\nBcc: all@example.com' }, 'email'],
    [{ email: 'a@example.com, b@example.com' }, 'email'],
    [{ name1: 'a\u0000b' }, 'name1'],
    [{ sites: ['Atlantis'] }, 'sites'],
    [{ sites: ['Boston,index'] }, 'sites'],
  ])('with %j is refused at its field', async (form, field) => {
    const index = new LiveIndex();
    const before = index.digest();
    const outcome = await create(index, form);
    expect(outcome).toMatchObject({ kind: 'invalid', problems: [{ field }] });
    expect([index.digest(), index.log.entries]).toEqual([before, []]);
  });
});

describe('a user who is changed', () => {
  it('to another userid keeps the password: the name in its line goes along', async () => {
    const index = new LiveIndex();
    const outcome = await update(index, 2, { userid: 'olga2' });
    expect(outcome).toMatchObject({
      kind: 'saved',
      consequences: [expect.stringContaining('"olga" can no longer log in')],
    });
    expect(index.row('users', 2)).toMatchObject({ userid: 'olga2', password: `olga2:${HASH}` });
    expect(index.warnings()).toEqual([]);
    expect((await index.reader.rightsOf('olga2')).owned.map(({ key }) => key)).toEqual([
      'boston',
      'cambridge',
    ]);
    expect(everything(index)).not.toContain(HASH);
  });

  it('keeps sites that no studio has any more, and an address that is none, if the row had them', async () => {
    const index = new LiveIndex();
    index.use((db) =>
      db.exec("UPDATE users SET sites = 'Boston, 2022 Archive', email = 'by phone' WHERE id = 2"),
    );
    expect((await update(index, 2, { name1: 'Olga' })).kind).toBe('saved');
    expect(index.row('users', 2)).toMatchObject({
      sites: 'Boston, 2022 Archive',
      email: 'by phone',
      name1: 'Olga',
    });
  });

  it('whose line has another name does not get the password of that name', async () => {
    const index = new LiveIndex();
    index.use((db) => db.exec(`UPDATE users SET password = 'ada:${HASH}' WHERE id = 2`));
    await update(index, 2, { userid: 'olga2' });
    expect(index.row('users', 2)['password']).toBe(`ada:${HASH}`);
  });
});

describe('the last administrator who can log in', () => {
  it('can neither take the right away nor be deleted', async () => {
    const index = new LiveIndex();
    const before = index.digest();
    expect(await update(index, 1, { sites: ['Boston'] })).toMatchObject({
      kind: 'invalid',
      problems: [{ field: 'sites' }],
    });
    expect(await remove(index, 1)).toMatchObject({ kind: 'invalid', problems: [{ field: 'sites' }] });
    expect([index.digest(), index.log.entries]).toEqual([before, []]);
  });

  it('is not the last where another one has a password, and is where the other has none', async () => {
    const index = new LiveIndex();
    await update(index, 4, { sites: ['index'] });
    expect(await remove(index, 1)).toMatchObject({ kind: 'invalid' });
    await update(index, 3, { sites: ['index'] });
    expect(await remove(index, 1)).toMatchObject({ kind: 'saved' });
  });
});

describe('a user who is deleted', () => {
  it.each(['migrated', 'sample', 'old'] as const)(
    'leaves studios without an owner, in the %s schema',
    async (schema) => {
      const index = new LiveIndex({ schema });
      const before = index.digest('users', 'locations');
      const outcome = await remove(index, 2);
      const warnings = schema === 'old' ? [] : ['The studio "Boston" has no owner any more.'];
      expect(outcome).toMatchObject({ kind: 'saved', warnings });
      expect(index.rows('users').map(({ id }) => id)).toEqual([1, 3, 4]);
      expect(index.row('locations', 1)['user_id'] ?? null).toBeNull();
      expect(index.digest('users', 'locations')).toBe(before);
      expect(index.use((db) => db.pragma('foreign_key_check'))).toEqual([]);
    },
  );

  it('is not the last one who can log in: machines would refuse such an index', async () => {
    const [ada, , , nil] = ROWS.users;
    const index = new LiveIndex({
      rows: {
        ...ROWS,
        locations: [],
        showcases: [],
        users: [
          { ...ada, sites: null },
          { ...nil, sites: 'index' },
        ],
      },
    });
    expect(await remove(index, 1, { by: 'nil', publish: true })).toMatchObject({
      kind: 'invalid',
      problems: [{ field: '', message: expect.stringContaining('last user') }],
    });
  });
});
