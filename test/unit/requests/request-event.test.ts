import { describe, expect, it } from 'vitest';
import type { EventRequest, Outcome } from '../../../src/requests/request-model.ts';
import { BY_ADA, LiveIndex, ROWS } from '../../support/requests/live-index.ts';

const request = (index: LiveIndex, studio: string, form: Partial<EventRequest>): Promise<Outcome> =>
  index.editor.save(
    {
      kind: 'event',
      action: 'request',
      studio,
      form: { name: 'Spring Ball', firstDay: '2027-03-05', lastDay: '2027-03-07', ...form },
    },
    BY_ADA,
  );

const fieldsOf = (outcome: Outcome): string[] =>
  outcome.kind === 'invalid' ? outcome.problems.map(({ field }) => field) : [outcome.kind];

describe.each([
  ['migrated', 'delete'],
  ['migrated', 'wal'],
  ['sample', 'delete'],
  ['old', 'wal'],
] as const)(
  'a request for an event, in an index of the %s schema with journal mode %s',
  (schema, journal) => {
    it('becomes one row as the platform writes it, and nothing else changes', async () => {
      const index = new LiveIndex({ schema, journal });
      const before = index.digest('showcases');
      const outcome = await request(index, 'boston', {});
      expect(outcome).toMatchObject({ kind: 'saved', id: 5, change: 'c1', warnings: [] });
      expect(index.row('showcases', 5)).toEqual({
        id: 5,
        year: 2027,
        key: 'spring-ball',
        name: 'Spring Ball',
        location_id: 1,
        order: 8,
        date: '2027-03-05 - 2027-03-07',
        created_at: '2026-11-30 12:34:56.789000',
        updated_at: '2026-11-30 12:34:56.789000',
      });
      expect(index.digest('showcases')).toBe(before);
      expect(index.warnings()).toEqual([]);
      expect(index.use((db) => db.pragma('journal_mode', { simple: true }))).toBe(journal);
    });
  },
);

describe('a request for an event', () => {
  it('is told to the log before it is committed, with the row, its address and who asked', async () => {
    const index = new LiveIndex();
    await request(index, 'boston', {});
    expect(index.log.last).toMatchObject({
      by: 'ada',
      kind: 'event',
      action: 'create',
      subject: '2027/boston/spring-ball',
      studio: 'boston',
      before: null,
      after: { id: 5, key: 'spring-ball' },
      live: { url: 'https://example.com/showcase/2027/boston/spring-ball/' },
      publish: true,
      state: 'saved',
    });
    expect(index.log.saves).toEqual([
      { after: index.log.last.after, live: index.log.last.live, publish: true },
    ]);
  });

  it('for one day has one day in its date', async () => {
    const index = new LiveIndex();
    await request(index, 'boston', { lastDay: '2027-03-05' });
    await request(index, 'boston', { name: 'Other', firstDay: '2027-04-01', lastDay: '' });
    expect(
      index
        .rows('showcases')
        .slice(-2)
        .map(({ date }) => date),
    ).toEqual(['2027-03-05', '2027-04-01']);
  });

  it.each([
    ['Осенний бал', 'osenniy-bal'],
    ['春のショーケース', 'chunnoshiyokesu'],
    ['Été à Québec, le bal', 'ete-a-quebec'],
    ['Łódź & Żywiec', 'lodz-zywiec'],
    ['!!!', 'event'],
    [', after a comma', 'after-a-comma'],
  ])('named %s gets a key in Latin letters, although nobody typed one', async (name, key) => {
    const index = new LiveIndex();
    const outcome = await request(index, 'boston', { name });
    expect(outcome.kind).toBe('saved');
    expect(index.row('showcases', 5)).toMatchObject({ name, key });
  });

  it('whose key is taken gets the next free one', async () => {
    const rows = {
      ...ROWS,
      showcases: [
        ...ROWS.showcases,
        { id: 5, year: 2027, key: 'spring-ball', name: 'Other', location_id: 1 },
      ],
    };
    const index = new LiveIndex({ rows });
    await request(index, 'boston', {});
    expect(index.row('showcases', 6)['key']).toBe('spring-ball-2');
  });

  it('never gets the key showcase, which would have its address change with the next request', async () => {
    const index = new LiveIndex();
    const outcome = await request(index, 'boston', { name: 'Showcase' });
    expect(index.row('showcases', 5)['key']).toBe('showcase-2');
    expect(outcome).toMatchObject({ warnings: [expect.stringContaining('ends in showcase-2')] });
  });

  it('beside a sole event of the key showcase says where that one moves', async () => {
    const index = new LiveIndex();
    const outcome = await request(index, 'boston', { firstDay: '2026-12-04', lastDay: '2026-12-05' });
    expect(outcome).toMatchObject({
      kind: 'saved',
      consequences: [
        'The event "Showcase" moves from /2026/boston/ to /2026/boston/showcase/: links to the old address no longer lead there.',
        'Its database goes from 2026-boston to 2026-boston-showcase: the next update takes it along.',
      ],
    });
  });

  it('never gets the database of another studio', async () => {
    const rows = {
      ...ROWS,
      locations: [...ROWS.locations, { id: 5, key: 'boston-spring', name: 'Boston Spring' }],
      showcases: [{ id: 1, year: 2027, key: 'ball', name: 'Ball', location_id: 5, order: 1 }],
    };
    const index = new LiveIndex({ rows });
    await request(index, 'boston', {});
    expect(index.row('showcases', 2)['key']).toBe('spring-ball-2');
    expect(index.warnings()).toEqual([]);
  });

  it.each([
    [{ name: '' }, ['name']],
    [{ name: ' \u200b ' }, ['name']],
    [{ name: 'a\nb' }, ['name']],
    [{ name: 'a\u202eb' }, ['name']],
    [{ name: 'x'.repeat(101) }, ['name']],
    [{ name: '\ud800' }, ['name']],
    [{ firstDay: '', lastDay: '' }, ['firstDay']],
    [{ firstDay: 'garbage' }, ['firstDay']],
    [{ firstDay: '2027-02-29' }, ['firstDay']],
    [{ firstDay: '0027-02-20' }, ['firstDay']],
    [{ lastDay: '2027-03-04' }, ['lastDay']],
    [{ lastDay: '2028-03-07' }, ['lastDay']],
    [{ name: '', firstDay: 'x', lastDay: 'y' }, ['name', 'firstDay', 'lastDay']],
  ])('with %j is refused at its field, and nothing is written or told to the log', async (form, fields) => {
    const index = new LiveIndex();
    const before = index.digest();
    expect(fieldsOf(await request(index, 'boston', form))).toEqual(fields);
    expect([index.digest(), index.log.entries]).toEqual([before, []]);
  });

  it.each([
    ['salem', { name: 'medal BALL', firstDay: '2026-12-04', lastDay: '' }, ['name']],
    ['salem', { name: 'Ｍedal Ball', firstDay: '2026-12-04', lastDay: '' }, ['name']],
    ['salem', { firstDay: '2026-06-13', lastDay: '' }, ['firstDay']],
    ['salem', { firstDay: '2026-06-01', lastDay: '2026-06-30' }, ['firstDay']],
    ['boston', { firstDay: '2026-03-07', lastDay: '2026-03-09' }, ['firstDay']],
  ])('that studio %s has already is refused at its field: %j', async (studio, form, fields) => {
    const index = new LiveIndex();
    expect(fieldsOf(await request(index, studio, form))).toEqual(fields);
    expect(index.rows('showcases')).toHaveLength(4);
  });

  it('may have the name that another year, or another studio, has', async () => {
    const index = new LiveIndex();
    expect((await request(index, 'salem', { name: 'Medal Ball' })).kind).toBe('saved');
    expect((await request(index, 'boston', { name: 'Medal Ball' })).kind).toBe('saved');
  });

  it('for a studio that does not exist is missing', async () => {
    const index = new LiveIndex();
    expect(await request(index, 'nowhere', {})).toEqual({ kind: 'missing' });
    expect(await request(index, '', {})).toEqual({ kind: 'missing' });
  });

  it('keeps its name as it was typed, in composed form and without space around it', async () => {
    const index = new LiveIndex();
    await request(index, 'boston', { name: '  Cafe\u0301  Ball 💃 ' });
    expect(index.row('showcases', 5)['name']).toBe('Café  Ball 💃');
  });

  it('that may wait is told as pending', async () => {
    const index = new LiveIndex();
    const form = { name: 'Gala', firstDay: '2027-03-05', lastDay: '' };
    await index.editor.save(
      { kind: 'event', action: 'request', studio: 'boston', form },
      { ...BY_ADA, publish: false },
    );
    expect(index.log.saves).toMatchObject([{ publish: false }]);
  });

  it('can be seen before it is made, and then nothing is written', async () => {
    const index = new LiveIndex({ journal: 'wal' });
    const before = index.digest();
    const form = { name: 'Showcase', firstDay: '2026-12-04', lastDay: '' };
    const preview = await index.editor.preview({
      kind: 'event',
      action: 'request',
      studio: 'cambridge',
      form,
    });
    expect(preview).toMatchObject({ kind: 'possible', consequences: [] });
    expect([index.digest(), index.log.entries]).toEqual([before, []]);
  });
});
