import { describe, expect, it } from 'vitest';
import type { EventForm, Outcome } from '../../../src/requests/request-model.ts';
import { BY_ADA, eventForm, LiveIndex } from '../../support/requests/live-index.ts';

async function update(index: LiveIndex, id: number, form: Partial<EventForm>): Promise<Outcome> {
  const view = await index.reader.event(id);
  if (!view) throw new Error(`no event ${id}`);
  const { studio, name, key, year, date, version } = view;
  const shown = { studio, name, key, year: String(year), firstDay: '', lastDay: '', date };
  return index.editor.save(
    { kind: 'event', action: 'update', id, version, form: { ...shown, ...form } },
    BY_ADA,
  );
}

const create = (index: LiveIndex, form: Partial<EventForm> = {}): Promise<Outcome> =>
  index.editor.save({ kind: 'event', action: 'create', form: eventForm(form) }, BY_ADA);

describe('an event that an administrator makes', () => {
  it('may have the key showcase, and then says that its address depends on other events', async () => {
    const index = new LiveIndex();
    const outcome = await create(index, { key: 'showcase' });
    expect(outcome).toMatchObject({
      kind: 'saved',
      warnings: [expect.stringContaining('With the key showcase')],
    });
    expect(index.log.last.live).toEqual({ url: 'https://example.com/showcase/2027/salem/' });
  });

  it('may share its days with another one, and then says so', async () => {
    const index = new LiveIndex();
    const outcome = await create(index, { firstDay: '2026-06-12', lastDay: '2026-06-13' });
    expect(outcome).toMatchObject({
      kind: 'saved',
      warnings: ['"Medal Ball" (Saturday, June 13) is on these days, too.'],
    });
  });

  it.each([
    [{ studio: 'nowhere' }, 'studio'],
    [{ key: 'Ga la' }, 'key'],
    [{ key: 'gala.pdf' }, 'key'],
    [{ key: 'medal-ball', year: '2026' }, 'key'],
    [{ year: '12' }, 'year'],
    [{ firstDay: '', date: '' }, 'year'],
    [{ firstDay: '', year: '2027', date: 'sometime soon' }, 'date'],
  ])('with %j is refused at its field', async (form, field) => {
    const index = new LiveIndex();
    expect(await create(index, form)).toMatchObject({ kind: 'invalid', problems: [{ field }] });
    expect(index.rows('showcases')).toHaveLength(4);
  });
});

describe('an event that an administrator changes', () => {
  it('keeps a date in any words that it had already', async () => {
    const index = new LiveIndex();
    index.use((db) => db.exec("UPDATE showcases SET date = 'when the bells ring' WHERE id = 2"));
    expect(await update(index, 2, { name: 'Bell Ball' })).toMatchObject({
      kind: 'saved',
      warnings: [expect.stringContaining('Not in order yet')],
    });
    expect(index.row('showcases', 2)).toMatchObject({
      name: 'Bell Ball',
      date: 'when the bells ring',
      key: 'medal-ball',
    });
  });

  it('that moves to another studio says where it and its database go', async () => {
    const index = new LiveIndex();
    expect(await update(index, 1, { studio: 'cambridge' })).toMatchObject({
      kind: 'saved',
      consequences: [
        expect.stringContaining('from /2026/boston/ to /2026/cambridge/'),
        expect.stringContaining('from 2026-boston to 2026-cambridge'),
      ],
    });
    expect(index.row('showcases', 1)['location_id']).toBe(2);
  });

  it('that nobody changed is unchanged, and the log hears nothing', async () => {
    const index = new LiveIndex();
    const before = index.digest();
    expect(await update(index, 2, {})).toEqual({ kind: 'unchanged', id: 2 });
    expect([index.digest(), index.log.entries]).toEqual([before, []]);
  });

  it('that somebody else changed meanwhile is a conflict with the other values', async () => {
    const index = new LiveIndex();
    const view = await index.reader.event(2);
    index.use((db) => db.exec("UPDATE showcases SET name = 'Gold Ball' WHERE id = 2"));
    const outcome = await index.editor.save(
      { kind: 'event', action: 'update', id: 2, version: view?.version ?? '', form: eventForm() },
      BY_ADA,
    );
    expect(outcome).toMatchObject({ kind: 'conflict', theirs: { name: 'Gold Ball', key: 'medal-ball' } });
    expect(index.row('showcases', 2)['name']).toBe('Gold Ball');
  });

  it('is not a conflict where only its time stamps differ', async () => {
    const index = new LiveIndex();
    const view = await index.reader.event(2);
    index.use((db) => db.exec("UPDATE showcases SET updated_at = '2026-12-01 00:00:00.000000' WHERE id = 2"));
    const form = eventForm({ name: 'Other' });
    const edit = { kind: 'event', action: 'update', id: 2, version: view?.version ?? '', form } as const;
    expect((await index.editor.save(edit, BY_ADA)).kind).toBe('saved');
  });

  it('that is gone is missing', async () => {
    const index = new LiveIndex();
    const edit = { kind: 'event', action: 'update', id: 99, version: 'x', form: eventForm() } as const;
    expect(await index.editor.save(edit, BY_ADA)).toEqual({ kind: 'missing' });
  });

  it('whose database would be that of another studio is refused, since machines could not use it', async () => {
    const index = new LiveIndex();
    const studio = { key: 'salem-medal', name: 'Salem Medal' };
    index.use((db) =>
      db.exec(
        `INSERT INTO locations (id, key, name, created_at, updated_at) VALUES (9, '${studio.key}', '${studio.name}', '', '')`,
      ),
    );
    const outcome = await create(index, {
      studio: 'salem-medal',
      key: 'ball',
      year: '2026',
      firstDay: '',
      date: '',
    });
    expect(outcome).toMatchObject({
      kind: 'invalid',
      problems: [
        { field: '', message: expect.stringContaining('uses the same database "2026-salem-medal-ball"') },
      ],
    });
  });
});

describe('an event that is deleted', () => {
  it('goes alone, and the one that stays returns to the address of its studio', async () => {
    const index = new LiveIndex();
    const version = (await index.reader.event(2))?.version ?? '';
    const before = index.digest('showcases');
    const outcome = await index.editor.save({ kind: 'event', action: 'delete', id: 2, version }, BY_ADA);
    expect(outcome).toMatchObject({
      kind: 'saved',
      consequences: [
        expect.stringContaining('moves from /2026/salem/showcase/ to /2026/salem/'),
        expect.stringContaining('from 2026-salem-showcase to 2026-salem'),
        expect.stringContaining('/2026/salem/medal-ball/ no longer answers'),
      ],
    });
    expect(index.rows('showcases').map(({ id }) => id)).toEqual([1, 3, 4]);
    expect(index.digest('showcases')).toBe(before);
    expect(index.log.last.live).toBeNull();
  });
});
