import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Database as DatabaseType, openDatabase } from '../../../src/database/sqlite.ts';
import { isInIndex } from '../../../src/requests/recover-change.ts';
import type { Edit, Outcome } from '../../../src/requests/request-model.ts';
import { LineProcess } from '../../support/requests/line-process.ts';
import { BY_ADA, LiveIndex } from '../../support/requests/live-index.ts';
import { failureOf } from '../../support/suite/failure.ts';

const form = { name: 'Spring Ball', firstDay: '2027-03-05', lastDay: '2027-03-07' };
const request = (studio: string, more: Partial<typeof form> = {}): Edit => ({
  kind: 'event',
  action: 'request',
  studio,
  form: { ...form, ...more },
});

describe.each(['delete', 'wal'] as const)('with journal mode %s', (journal) => {
  it('two processes that ask for the same event at once get one row and one clear error', async () => {
    const index = new LiveIndex({ journal });
    const processes = [1, 2].map(() => new LineProcess('request-process.ts', index.path, 'boston'));
    await Promise.all(processes.map((one) => one.line()));
    for (let year = 2027; year < 2037; year++) {
      const day = `${year}-03-05`;
      for (const one of processes) one.say(JSON.stringify({ ...form, firstDay: day, lastDay: day }));
      const outcomes = await Promise.all(
        processes.map(async (one) => JSON.parse(await one.line()) as Outcome),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['invalid', 'saved']);
      const refused = outcomes.find(({ kind }) => kind === 'invalid');
      expect(refused).toMatchObject({ problems: [{ field: 'name' }, { field: 'firstDay' }] });
    }
    await Promise.all(processes.map((one) => one.end()));
    expect(index.rows('showcases')).toHaveLength(14);
    expect(index.warnings()).toEqual([]);
  });

  it('edits and another application that writes all the time lose nothing of each other', async () => {
    const index = new LiveIndex({ journal });
    const rails = new LineProcess('rails-process.ts', index.path);
    await rails.line();
    const days = Array.from({ length: 20 }, (_, at) => `2027-03-${String(at + 1).padStart(2, '0')}`);
    for (const [at, day] of days.entries()) {
      const edit = request('boston', { name: `Ball ${at}`, firstDay: day, lastDay: '' });
      expect((await index.editor.save(edit, BY_ADA)).kind).toBe('saved');
      expect((await index.reader.eventsOfStudio('boston'))[0]?.events).toHaveLength(at + 1);
    }
    await rails.end();
    const { rounds, errors } = JSON.parse(await rails.line());
    expect(errors).toEqual([]);
    expect(index.rows('people' as never).filter(({ name }) => String(name).startsWith('Rails'))).toHaveLength(
      rounds,
    );
    expect(index.rows('showcases')).toHaveLength(24);
    expect(index.use((db) => db.pragma('integrity_check', { simple: true }))).toBe('ok');
  });

  it('somebody who holds a write lock for too long is named as busy, and nothing is written', async () => {
    const index = new LiveIndex({ journal, patienceMs: 100 });
    const holder = openDatabase(index.path);
    holder.exec('BEGIN IMMEDIATE');
    const before = index.digest();
    const failure = await failureOf(() => index.editor.save(request('boston'), BY_ADA));
    expect(failure).toMatchObject({ code: 'busy', message: `${index.path} has been busy for 0.1 s` });
    expect((await index.reader.users()).total).toBe(4);
    holder.close();
    expect([index.digest(), index.log.entries]).toEqual([before, []]);
    expect((await index.editor.save(request('boston'), BY_ADA)).kind).toBe('saved');
  });

  it('somebody who holds a write lock for a moment is waited for, while this process goes on', async () => {
    const index = new LiveIndex({ journal, patienceMs: 60_000 });
    const holder = openDatabase(index.path);
    holder.exec('BEGIN IMMEDIATE');
    const saving = index.editor.save(request('boston'), BY_ADA);
    // Would never fire if waiting blocked this process.
    setTimeout(() => holder.close(), 50);
    expect((await saving).kind).toBe('saved');
  });

  it('an edit trusts no schema, and is on the disk before its change counts as saved', async () => {
    const index = new LiveIndex({ journal });
    const levels: unknown[] = [];
    const { exec } = Database.prototype;
    const spy = vi.spyOn(Database.prototype, 'exec').mockImplementation(function (this: DatabaseType, sql) {
      if (sql === 'COMMIT')
        levels.push(...['synchronous', 'trusted_schema'].map((name) => this.pragma(name, { simple: true })));
      return exec.call(this, sql);
    });
    onTestFinished(() => spy.mockRestore());
    expect((await index.editor.save(request('boston'), BY_ADA)).kind).toBe('saved');
    expect(levels, 'FULL, OFF').toEqual([2, 0]);
  });

  it('20 owners at once get 20 events, each with a place of its own', async () => {
    const index = new LiveIndex({ journal });
    const days = Array.from({ length: 20 }, (_, at) => `2027-03-${String(at + 1).padStart(2, '0')}`);
    const outcomes = await Promise.all(
      days.map((day, at) =>
        index.editor.save(request('boston', { name: `Ball № ${at}`, firstDay: day, lastDay: '' }), BY_ADA),
      ),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(days.map(() => 'saved'));
    const rows = index.rows('showcases').slice(4);
    expect(new Set(rows.map(({ order }) => order)).size).toBe(20);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(20);
    expect(index.log.entries.every(({ state }) => state === 'saved')).toBe(true);
    expect(index.warnings()).toEqual([]);
  });

  it('20 owners who ask for one event at once get one', async () => {
    const index = new LiveIndex({ journal });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => index.editor.save(request('boston'), BY_ADA)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'saved')).toHaveLength(1);
    expect(index.rows('showcases')).toHaveLength(5);
  });

  it.each([
    ['intend', 4, false],
    ['saved', 5, true],
  ] as const)(
    'a process that is killed at "%s" leaves %i events, and its change is found to be in the index: %s',
    async (die, events, isIn) => {
      const index = new LiveIndex({ journal });
      const process = new LineProcess('request-process.ts', index.path, 'boston', die);
      await process.line();
      process.say(JSON.stringify(form));
      const change = JSON.parse(await process.line());
      expect(await process.end()).toBe('SIGKILL');
      expect(await isInIndex(index.reader, change)).toBe(isIn);
      expect(index.rows('showcases')).toHaveLength(events);
      expect((await index.editor.save(request('salem'), BY_ADA)).kind).toBe('saved');
    },
  );
});

describe('with a rollback journal', () => {
  it('a reader who does not end is waited for, then the change is dropped', async () => {
    const index = new LiveIndex({ patienceMs: 100 });
    const before = index.digest();
    const holder = openDatabase(index.path);
    holder.exec('BEGIN');
    holder.prepare('SELECT count(*) FROM users').get();
    const failure = await failureOf(() => index.editor.save(request('boston'), BY_ADA));
    expect([failure.code, index.log.last.state]).toEqual(['busy', 'dropped']);
    holder.close();
    expect(index.digest()).toBe(before);
  });

  it('a reader who ends in time is waited for, then the change is saved', async () => {
    const index = new LiveIndex({ patienceMs: 60_000 });
    const holder = openDatabase(index.path);
    holder.exec('BEGIN');
    holder.prepare('SELECT count(*) FROM users').get();
    const saving = index.editor.save(request('boston'), BY_ADA);
    setTimeout(() => holder.close(), 50);
    expect((await saving).kind).toBe('saved');
    expect(index.log.entries.map(({ state }) => state)).toEqual(['saved']);
  });

  it('somebody who keeps everybody out is waited for by readers, and named as busy', async () => {
    const index = new LiveIndex({ patienceMs: 100 });
    const holder = openDatabase(index.path);
    holder.exec('BEGIN EXCLUSIVE');
    expect((await failureOf(() => index.reader.rightsOf('ada'))).code).toBe('busy');
    holder.close();
    expect((await index.reader.rightsOf('ada')).isAdministrator).toBe(true);
  });
});

it('an edit is not made if the log of changes cannot keep it', async () => {
  const index = new LiveIndex();
  const before = index.digest();
  index.log.intend = () => {
    throw new Error('the disk is full');
  };
  await expect(index.editor.save(request('boston'), BY_ADA)).rejects.toThrow('the disk is full');
  expect(index.digest()).toBe(before);
});
