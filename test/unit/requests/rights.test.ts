import { describe, expect, it } from 'vitest';
import { mayRequestFor } from '../../../src/requests/owner-rights.ts';
import { BY_ADA, LiveIndex, ROWS, userForm } from '../../support/requests/live-index.ts';

describe('the rights of a userid', () => {
  it('are those of an administrator with index among the sites', async () => {
    const rights = await new LiveIndex().reader.rightsOf('ada');
    expect(rights).toEqual({ userid: 'ada', id: 1, isAdministrator: true, owned: [] });
    expect(mayRequestFor(rights, 'kobe')).toBe(true);
  });

  it('are those of an owner for the own studio and its sisters, and no others', async () => {
    const rights = await new LiveIndex().reader.rightsOf('olga');
    expect(rights).toMatchObject({
      isAdministrator: false,
      owned: [{ key: 'boston' }, { key: 'cambridge' }],
    });
    expect(['boston', 'cambridge', 'salem', 'kobe', ''].map((key) => mayRequestFor(rights, key))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('are those of an owner for a sister whose name has spaces around it', async () => {
    const index = new LiveIndex();
    index.use((db) => db.exec("UPDATE locations SET name = ' Cambridge ' WHERE id = 2"));
    expect(mayRequestFor(await index.reader.rightsOf('olga'), 'cambridge')).toBe(true);
  });

  it('are not those of an owner by the sites', async () => {
    const rights = await new LiveIndex().reader.rightsOf('nil');
    expect([rights.owned, mayRequestFor(rights, 'kobe')]).toEqual([[], false]);
  });

  it.each(['Index', 'INDEX', 'index2', 'my index', 'indexes,Boston', null])(
    'are not those of an administrator by the sites %j',
    async (sites) => {
      const users = ROWS.users.map((row) => (row['userid'] === 'sue' ? { ...row, sites } : row));
      const index = new LiveIndex({ rows: { ...ROWS, users } });
      expect((await index.reader.rightsOf('sue')).isAdministrator).toBe(false);
    },
  );

  it('are not those of an administrator because nobody is one', async () => {
    const users = ROWS.users.map((row) => ({ ...row, sites: null }));
    const index = new LiveIndex({ rows: { ...ROWS, users } });
    for (const userid of ['ada', 'olga', 'bootstrap']) {
      expect((await index.reader.rightsOf(userid)).isAdministrator).toBe(false);
    }
  });

  it.each(['', 'nobody', 'ADA', ' ada', "x' OR '1'='1"])(
    'are none for %j, whom the index does not know',
    async (userid) => {
      const rights = await new LiveIndex().reader.rightsOf(userid);
      expect(rights).toEqual({ userid, id: null, isAdministrator: false, owned: [] });
      expect(mayRequestFor(rights, '')).toBe(false);
    },
  );

  it('are there as soon as the index has a new user', async () => {
    const index = new LiveIndex();
    expect((await index.reader.rightsOf('zoe')).id).toBeNull();
    const form = userForm({ sites: ['index'] });
    await index.editor.save({ kind: 'user', action: 'create', form }, BY_ADA);
    expect(await index.reader.rightsOf('zoe')).toMatchObject({ id: 5, isAdministrator: true });
  });

  it('are gone as soon as the index says so', async () => {
    const index = new LiveIndex();
    await index.reader.rightsOf('ada');
    await index.reader.rightsOf('olga');
    index.use((db) => db.exec('UPDATE users SET sites = NULL; UPDATE locations SET user_id = NULL'));
    expect((await index.reader.rightsOf('ada')).isAdministrator).toBe(false);
    expect((await index.reader.rightsOf('olga')).owned).toEqual([]);
  });

  it('are those of no owner in an index without owners, which says what it lacks', async () => {
    const { reader } = new LiveIndex({ schema: 'old' });
    expect((await reader.rightsOf('olga')).owned).toEqual([]);
    expect((await reader.rightsOf('ada')).isAdministrator).toBe(true);
    expect(await reader.missing()).toEqual([
      'The table locations has no column user_id, so no studio has an owner.',
      'The table locations has no column sisters, so no owner has a sister studio.',
      'The table locations has no column trust_level, so no studio has a trust level.',
      'The table users has no column token, so the application cannot keep a reset token.',
      'The table users has no column link, so the application cannot keep a link of a reset.',
    ]);
    expect(await new LiveIndex().reader.missing()).toEqual([]);
  });
});
