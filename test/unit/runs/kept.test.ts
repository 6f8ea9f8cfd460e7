import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { removeOld } from '../../../src/runs/retention.ts';
import { openRunsFile } from '../../../src/runs/runs-file.ts';
import { newChange } from '../../support/runs/parts.ts';
import { Rig } from '../../support/runs/rig.ts';

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig.close());

const stateDir = () => join(rig.home, 'state');
const file = () => join(stateDir(), 'runs.sqlite3');
const DAY = 86_400_000;

describe('lists', () => {
  it('have the newest first, a page at a time, and say how many there are', () => {
    for (let at = 1; at <= 7; at += 1) rig.save(`e${at}`, {}, false);
    const subjects = (page: number) =>
      rig.runs.changes({ page, limit: 3 }).rows.map(({ subject }) => subject);
    expect([subjects(1), subjects(2), subjects(3), subjects(4)]).toEqual([
      ['e7', 'e6', 'e5'],
      ['e4', 'e3', 'e2'],
      ['e1'],
      [],
    ]);
    expect(rig.runs.changes({ page: 9 }).total).toBe(7);
  });

  it('of changes are chosen by state, kind, studio, person and a part of the subject', () => {
    rig.save('2027-boston-Gala', { studio: 'boston' }, false);
    rig.save('lisbon', { kind: 'studio', by: 'bob', studio: 'lisbon' });
    const found = (filter: Parameters<Rig['runs']['changes']>[0]) =>
      rig.runs.changes(filter).rows.map(({ subject }) => subject);
    expect(found({ states: ['pending', 'live'] })).toEqual(['2027-boston-Gala']);
    expect(found({ kinds: ['studio'] })).toEqual(['lisbon']);
    expect(found({ studio: 'boston' })).toEqual(['2027-boston-Gala']);
    expect(found({ by: 'bob' })).toEqual(['lisbon']);
    expect(found({ text: 'gALa' })).toEqual(['2027-boston-Gala']);
    expect(found({ text: "%' OR 1" })).toEqual([]);
    expect(found({ states: [] })).toEqual([]);
  });

  it('of runs are chosen by state and target', () => {
    rig.save('one');
    rig.save('two', { target: 'kamal' });
    expect(rig.runs.runs({ target: 'kamal' }).rows).toMatchObject([{ target: 'kamal', state: 'waiting' }]);
    expect(rig.runs.runs({ states: ['done'] }).total).toBe(0);
    const [run] = rig.runs.runs({ target: 'fly' }).rows;
    expect(rig.runs.changesOf(run?.id ?? '')).toMatchObject([{ subject: 'one' }]);
  });

  it('name each run and change by 26 characters that nobody guesses', () => {
    const ids = Array.from({ length: 20 }, (_, at) => rig.save(`e${at}`, {}, false));
    expect(new Set(ids).size).toBe(20);
    for (const id of ids) expect(id).toMatch(/^[0-9a-v]{26}$/);
  });
});

describe('tokens for a password', () => {
  it('tell whose they are, and are used once', () => {
    const { tokens } = rig.runs;
    const token = tokens.issue(7, DAY);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect([tokens.find(token), tokens.find(token)]).toEqual([7, 7]);
    expect([tokens.redeem(token), tokens.redeem(token), tokens.find(token)]).toEqual([7, null, null]);
  });

  it('of one person are all used up with one of them, and nobody else is', () => {
    const { tokens } = rig.runs;
    const [one, two, other] = [tokens.issue(7, DAY), tokens.issue(7, DAY), tokens.issue(8, DAY)];
    expect(tokens.redeem(two)).toBe(7);
    expect([tokens.find(one), tokens.find(other)]).toEqual([null, 8]);
  });

  it('that set a password stay used up, whatever becomes of a later one', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    onTestFinished(() => void vi.useRealTimers());
    const { tokens } = rig.runs;
    const one = tokens.issue(7, DAY);
    expect(tokens.redeem(one)).toBe(7);
    rig.runs.intend(newChange('ann', { kind: 'password', after: { id: 7 } }));
    tokens.ended(7, true);
    vi.setSystemTime(1_800_000_001_000);
    const two = tokens.issue(7, DAY);
    expect(tokens.redeem(two)).toBe(7);
    tokens.ended(7, false);
    expect([tokens.find(one), tokens.find(two)]).toEqual([null, 7]);
  });

  it('of one user are used up one after another: none is given back while another sets a password', () => {
    const { tokens } = rig.runs;
    expect(tokens.redeem(tokens.issue(7, DAY))).toBe(7);
    const later = tokens.issue(7, DAY);
    expect(tokens.redeem(later)).toBe(null);
    tokens.ended(7, false);
    expect(tokens.redeem(later)).toBe(7);
  });

  it('are good again once a change that was in doubt turns out to be none', async () => {
    const { runs } = rig;
    const [token, other] = [runs.tokens.issue(7, DAY), runs.tokens.issue(8, DAY)];
    expect(runs.tokens.redeem(token)).toBe(7);
    const change = runs.intend(newChange('ann', { kind: 'password', after: { id: 7 } }));
    runs.tokens.ended(7, false);
    expect(runs.tokens.find(token)).toBe(null);
    // Somebody else is about to set hers.
    expect(runs.tokens.redeem(other)).toBe(8);
    runs.doubt(change);
    await expect.poll(() => runs.tokens.find(token)).toBe(7);
    expect(runs.tokens.find(other)).toBe(null);
    runs.tokens.ended(8, false);
    expect(runs.tokens.find(other)).toBe(8);
  });

  it.each([[''], [' '], ['null'], ['x'.repeat(43)], ['\0']])('match nobody if they are %j', (token) => {
    rig.runs.tokens.issue(7, DAY);
    expect([rig.runs.tokens.find(token), rig.runs.tokens.redeem(token)]).toEqual([null, null]);
  });

  it('match nobody once their time is over', () => {
    const token = rig.runs.tokens.issue(7, 0);
    expect([rig.runs.tokens.find(token), rig.runs.tokens.redeem(token)]).toEqual([null, null]);
  });

  it('are nowhere in the file, but by a hash', async () => {
    const token = rig.runs.tokens.issue(7, DAY);
    await rig.runs.close();
    const db = openDatabase(file(), { readonly: true });
    expect(db.serialize().includes(token)).toBe(false);
    db.close();
    rig.open();
    expect(rig.runs.tokens.find(token)).toBe(7);
  });
});

describe('what is old', () => {
  /** Makes runs that ended so many days ago, each with an event and a change. */
  function fill(rows: readonly (readonly [state: string, days: number, changeState: string])[]): void {
    const db = openRunsFile(stateDir());
    const now = Date.now();
    rows.forEach(([state, days, changeState], at) => {
      const then = now - days * DAY;
      db.prepare(
        `INSERT INTO runs (id, target, state, attempt, cause, who, made_at, ended_at, last_seq)
         VALUES (?, 'fly', ?, 1, 'edit', 'ann', ?, ?, 1)`,
      ).run(`r${at}`, state, then, then);
      db.prepare("INSERT INTO events VALUES (last_insert_rowid(), 1, '', '{}')").run();
      db.prepare(
        `INSERT INTO changes (id, made_at, who, kind, action, subject, state, target, publish, run)
         VALUES (?, ?, 'ann', 'event', 'create', ?, ?, 'fly', 1, ?)`,
      ).run(`c${at}`, then, `c${at}`, changeState, `r${at}`);
    });
    db.close();
  }

  async function left(): Promise<{ runs: string[]; changes: string[]; events: number }> {
    const db = openRunsFile(stateDir());
    await removeOld(db, Date.now(), new AbortController().signal);
    const names = (table: string) =>
      db.prepare<[], string>(`SELECT id FROM ${table} ORDER BY sequence`).pluck().all();
    const events = db.prepare<[], number>('SELECT count(*) FROM events').pluck().get() ?? 0;
    const found = { runs: names('runs'), changes: names('changes'), events };
    db.close();
    return found;
  }

  it('goes after 90 days, failed runs and changes after 180, and nothing that is under way', async () => {
    fill([
      ['failed', 181, 'failed'],
      ['failed', 179, 'failed'],
      ['done', 181, 'live'],
      ['done', 91, 'live'],
      ['done', 89, 'live'],
      ['done', 200, 'checking'],
      ['interrupted', 100, 'live'],
    ]);
    expect(await left()).toEqual({
      runs: ['r1', 'r4', 'r5', 'r6'],
      changes: ['c1', 'c3', 'c4', 'c5', 'c6'],
      events: 4,
    });
  });

  it('goes when there are more than 1,000 runs that ended well, or 2,000 that failed', async () => {
    fill([
      ...Array.from({ length: 1003 }, () => ['done', 1, 'live'] as const),
      ...Array.from({ length: 2002 }, () => ['failed', 1, 'live'] as const),
    ]);
    const { runs } = await left();
    expect([runs.length, runs[0], runs[1000]]).toEqual([3000, 'r3', 'r1005']);
  });

  it('goes with all of its events, however many', async () => {
    fill([['done', 100, 'live']]);
    const db = openRunsFile(stateDir());
    const insert = db.prepare("INSERT INTO events VALUES (1, ?, '', '{}')");
    db.transaction(() => {
      for (let seq = 2; seq <= 1700; seq += 1) insert.run(seq);
    })();
    db.close();
    expect(await left()).toMatchObject({ runs: [], events: 0 });
  });
});
