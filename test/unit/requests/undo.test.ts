import { describe, expect, it } from 'vitest';
import { isInIndex } from '../../../src/requests/recover-change.ts';
import type { Edit, Outcome } from '../../../src/requests/request-model.ts';
import { HASH } from '../../support/indexes/indexes.ts';
import { BY_ADA, eventForm, LiveIndex, studioForm, userForm } from '../../support/requests/live-index.ts';

const region = { type: 'fly', code: 'ewr', location: 'Newark', latitude: '40.7', longitude: '-74.2' };

/** One edit of every kind; versions are filled in. */
const EDITS: readonly (readonly [string, Edit])[] = [
  ['a new event', { kind: 'event', action: 'create', form: eventForm() }],
  ['a changed event', { kind: 'event', action: 'update', id: 1, version: '', form: eventForm() }],
  ['a deleted event', { kind: 'event', action: 'delete', id: 2, version: '' }],
  ['a new studio', { kind: 'studio', action: 'create', form: studioForm({ owner: 'olga' }) }],
  [
    'a renamed studio',
    { kind: 'studio', action: 'update', id: 1, version: '', form: studioForm({ key: 'graz', owner: 'sue' }) },
  ],
  ['a deleted studio', { kind: 'studio', action: 'delete', id: 3, version: '' }],
  ['a new user', { kind: 'user', action: 'create', form: userForm({ sites: ['Kobe'] }) }],
  [
    'a renamed user',
    { kind: 'user', action: 'update', id: 2, version: '', form: userForm({ sites: ['index'] }) },
  ],
  ['a deleted user without a password', { kind: 'user', action: 'delete', id: 4, version: '' }],
  ['a new region', { kind: 'region', action: 'create', form: { ...region, code: 'fra' } }],
  ['a renamed region', { kind: 'region', action: 'update', id: 1, version: '', form: region }],
  ['a deleted region', { kind: 'region', action: 'delete', id: 2, version: '', studiosTo: 'iad' }],
];

async function save(index: LiveIndex, edit: Edit): Promise<Outcome> {
  if (!('version' in edit)) return index.editor.save(edit, BY_ADA);
  const { version = '' } = (await index.reader[edit.kind](edit.id)) ?? {};
  return index.editor.save({ ...edit, version }, BY_ADA);
}

/** As the log keeps it: through JSON. */
const undoLast = (index: LiveIndex): Promise<Outcome> =>
  index.editor.save({ kind: 'undo', of: JSON.parse(JSON.stringify(index.log.last)) }, BY_ADA);

describe.each(['migrated', 'sample'] as const)('in the %s schema', (schema) => {
  it.each(EDITS)('%s can be undone: all rows are as they were, time stamps included', async (_, edit) => {
    const index = new LiveIndex({ schema });
    const before = index.digest();
    expect((await save(index, edit)).kind).toBe('saved');
    expect(index.digest()).not.toBe(before);
    expect(await undoLast(index)).toMatchObject({ kind: 'saved' });
    expect(index.digest()).toBe(before);
    const opposite = { create: 'delete', update: 'update', delete: 'create' };
    const [done, undone] = index.log.entries;
    expect([undone?.kind, undone?.action, undone?.subject]).toEqual([
      done?.kind,
      opposite[done?.action ?? 'update'],
      done?.subject,
    ]);
    expect([undone?.before, undone?.after]).toEqual([done?.after, done?.before]);
  });
});

describe('undoing', () => {
  it('can itself be undone', async () => {
    const index = new LiveIndex();
    await save(index, ['', ...(EDITS[5] ?? [])].at(-1) as Edit);
    const after = index.digest();
    await undoLast(index);
    await undoLast(index);
    expect(index.digest()).toBe(after);
  });

  it('a deleted user brings no password back, and says so', async () => {
    const index = new LiveIndex();
    await save(index, { kind: 'user', action: 'delete', id: 2, version: '' });
    expect(JSON.stringify(index.log.last)).not.toContain(HASH);
    expect(await undoLast(index)).toMatchObject({
      kind: 'saved',
      warnings: ['"olga" has no password now: set one.'],
    });
    expect(index.row('users', 2)).toMatchObject({ userid: 'olga', password: null, sites: 'Boston, Salem' });
    expect(index.row('locations', 1)['user_id']).toBe(2);
  });

  it('is a conflict where the row was changed since', async () => {
    const index = new LiveIndex();
    await save(index, { kind: 'event', action: 'update', id: 2, version: '', form: eventForm() });
    index.use((db) => db.exec("UPDATE showcases SET name = 'Other' WHERE id = 2"));
    const before = index.digest();
    expect(await undoLast(index)).toMatchObject({ kind: 'conflict', theirs: { name: 'Other' } });
    expect(index.digest()).toBe(before);
  });

  it('is missing where the row is gone', async () => {
    const index = new LiveIndex();
    await save(index, { kind: 'event', action: 'create', form: eventForm() });
    index.use((db) => db.exec('DELETE FROM showcases WHERE id = 5'));
    expect(await undoLast(index)).toEqual({ kind: 'missing' });
  });

  it.each(['migrated', 'sample'] as const)(
    'a new studio is refused once it has events, in the %s schema',
    async (schema) => {
      const index = new LiveIndex({ schema });
      await save(index, { kind: 'studio', action: 'create', form: studioForm() });
      const made = index.log.last;
      await save(index, { kind: 'event', action: 'create', form: eventForm({ studio: 'graz' }) });
      expect(await index.editor.save({ kind: 'undo', of: made }, BY_ADA)).toMatchObject({
        kind: 'invalid',
        problems: [{ field: '', message: 'The studio has events by now: delete them first.' }],
      });
    },
  );

  it('a deleted studio is refused once its owner is gone, and a new user who owns one by now', async () => {
    const index = new LiveIndex();
    await save(index, { kind: 'studio', action: 'delete', id: 3, version: '' });
    const deleted = index.log.last;
    await save(index, { kind: 'user', action: 'delete', id: 3, version: '' });
    const refused = async (of: typeof deleted) => index.editor.save({ kind: 'undo', of }, BY_ADA);
    expect(await refused(deleted)).toMatchObject({
      problems: [{ field: '', message: 'The owner of the studio is not there any more.' }],
    });
    await save(index, { kind: 'user', action: 'create', form: userForm() });
    const made = index.log.last;
    await save(index, { kind: 'studio', action: 'create', form: studioForm({ owner: 'zoe' }) });
    // As it was made, but for the studio.
    index.use((db) => db.exec("UPDATE users SET sites = NULL WHERE userid = 'zoe'"));
    expect(await refused(made)).toMatchObject({
      problems: [{ field: '', message: 'The user owns a studio by now: give it to somebody else first.' }],
    });
  });

  it('a deleted event is refused once another one has its key', async () => {
    const index = new LiveIndex();
    await save(index, { kind: 'event', action: 'delete', id: 2, version: '' });
    const deleted = index.log.last;
    const form = eventForm({ key: 'medal-ball', firstDay: '2026-06-20', lastDay: '' });
    await save(index, { kind: 'event', action: 'create', form });
    expect(await index.editor.save({ kind: 'undo', of: deleted }, BY_ADA)).toMatchObject({ kind: 'invalid' });
    expect(index.warnings()).toEqual([]);
  });

  it('the new name of a studio is refused once another studio has the old one', async () => {
    const index = new LiveIndex();
    const form = studioForm({ name: 'Beacon', key: 'boston' });
    await save(index, { kind: 'studio', action: 'update', id: 1, version: '', form });
    const renamed = index.log.last;
    await save(index, { kind: 'studio', action: 'create', form: studioForm({ name: 'Boston', key: 'b2' }) });
    expect(await index.editor.save({ kind: 'undo', of: renamed }, BY_ADA)).toMatchObject({
      kind: 'invalid',
      problems: [{ message: expect.stringContaining('Another studio has that name by now') }],
    });
  });

  it('a password is refused', async () => {
    const index = new LiveIndex();
    const edit = {
      kind: 'password',
      action: 'set',
      userid: 'sue',
      password: 'Zaun-Gast 4',
      own: null,
    } as const;
    await save(index, edit);
    expect(await undoLast(index)).toMatchObject({ kind: 'invalid', problems: [{ field: '' }] });
  });
});

describe('whether the index has a change', () => {
  it.each(EDITS)('is known of %s, before and after, and after it was undone', async (_, edit) => {
    const index = new LiveIndex();
    const other = new LiveIndex();
    await save(index, edit);
    const change = index.log.last;
    expect(await isInIndex(index.reader, change)).toBe(true);
    expect(await isInIndex(other.reader, change)).toBe(false);
    await undoLast(index);
    expect(await isInIndex(index.reader, change)).toBe(false);
    expect(await isInIndex(index.reader, index.log.last)).toBe(true);
  });

  it('is known of a password, and of a row that somebody has changed since', async () => {
    const index = new LiveIndex();
    await save(index, { kind: 'password', action: 'set', userid: 'sue', password: 'Zaun-Gast 4', own: null });
    index.use((db) =>
      db.exec("UPDATE users SET name1 = 'S', updated_at = '2026-12-01 00:00:00.000000' WHERE id = 3"),
    );
    expect(await isInIndex(index.reader, index.log.last)).toBe(true);
    expect(await isInIndex(new LiveIndex().reader, index.log.last)).toBe(false);
  });
});
