import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pendingChanges } from '../../../src/requests/pending.ts';
import { altered, buildIndex, goodTables, HASH } from '../../support/indexes/indexes.ts';
import { BY_ADA, LiveIndex, ROWS, studioForm } from '../../support/requests/live-index.ts';
import { failureOf } from '../../support/suite/failure.ts';

const base = buildIndex(ROWS);
const OTHER_HASH = '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=';

/** `event 2026/salem/gala: words`, a line for each row. */
function linesOf(...statements: string[]): string[] {
  const { changes } = pendingChanges(base, altered(base, ...statements));
  return changes.map(({ kind, name, words }) => `${kind} ${name}: ${words}`);
}

describe('what is pending', () => {
  it.each([
    [
      'a new event',
      `INSERT INTO showcases (year, key, name, date, "order", location_id, created_at, updated_at) VALUES (2027, 'gala', 'Gala', '2027-03-05', 9, 3, '', '')`,
      ['event 2027/salem/gala: added, name "Gala", date "2027-03-05"'],
    ],
    ['an event that goes', 'DELETE FROM showcases WHERE id = 2', ['event 2026/salem/medal-ball: removed']],
    [
      'an event of another name',
      `UPDATE showcases SET name = 'Gold Ball' WHERE id = 2`,
      ['event 2026/salem/medal-ball: renamed from "Medal Ball" to "Gold Ball"'],
    ],
    [
      'an event of another key',
      `UPDATE showcases SET key = 'gold' WHERE id = 2`,
      ['event 2026/salem/gold: key from "medal-ball" to "gold"'],
    ],
    [
      'an event of another day',
      'UPDATE showcases SET date = NULL WHERE id = 2',
      ['event 2026/salem/medal-ball: date from "Saturday, June 13" to none'],
    ],
    [
      'an event elsewhere in its list',
      'UPDATE showcases SET "order" = 99 WHERE id = 2',
      ['event 2026/salem/medal-ball: order from 2 to 99'],
    ],
    [
      'an event of another studio',
      'UPDATE showcases SET location_id = 4 WHERE id = 2',
      ['event 2026/kobe/medal-ball: moved to another studio from "salem" to "kobe"'],
    ],
    [
      'an event of another year',
      'UPDATE showcases SET year = 2027 WHERE id = 2',
      ['event 2027/salem/medal-ball: moved to another year from 2026 to 2027'],
    ],
    [
      'a studio of another region',
      `UPDATE locations SET region = 'nrt' WHERE id = 3`,
      ['studio salem: moved from "iad" to "nrt"'],
    ],
    [
      'a studio of another name',
      `UPDATE locations SET name = 'Witches' WHERE id = 3`,
      ['studio salem: renamed from "Salem" to "Witches"'],
    ],
    [
      'a studio of another key, whose events have not moved',
      `UPDATE locations SET key = 'witches' WHERE id = 3`,
      ['studio witches: key from "salem" to "witches"'],
    ],
    [
      'a studio of another language',
      `UPDATE locations SET locale = 'de_DE' WHERE id = 3`,
      ['studio salem: locale from "en_US" to "de_DE"'],
    ],
    [
      'a studio of another owner',
      'UPDATE locations SET user_id = 2 WHERE id = 3',
      ['studio salem: owner from "sue" to "olga"'],
    ],
    [
      'a new user',
      `INSERT INTO users (userid, sites, created_at, updated_at) VALUES ('zoe', 'Kobe', '', '')`,
      ['user zoe: added, sites "Kobe"'],
    ],
    [
      'a user of another name',
      `UPDATE users SET userid = 'olga2', password = 'olga2:${HASH}' WHERE id = 2`,
      ['user olga2: renamed from "olga" to "olga2"; password changed'],
    ],
    [
      'a user with other sites',
      `UPDATE users SET sites = 'Boston' WHERE id = 2`,
      ['user olga: sites from "Boston, Salem" to "Boston"'],
    ],
    [
      'a password',
      `UPDATE users SET password = 'olga:${OTHER_HASH}', token = 'abcdefgh' WHERE id = 2`,
      ['user olga: password changed; reset token changed'],
    ],
    [
      'a region',
      `UPDATE regions SET location = 'Osaka' WHERE id = 2`,
      ['region nrt: place from "Tokyo" to "Osaka"'],
    ],
    ['nothing but time stamps', `UPDATE showcases SET updated_at = 'later'`, []],
  ])('%s is told by row and in words', (_, statement, lines) => {
    expect(linesOf(statement).sort()).toEqual([...lines].sort());
  });

  it('has old and new values of each column, and of a secret only that it changed', () => {
    const ours = altered(
      base,
      `UPDATE users SET password = 'olga:${OTHER_HASH}', email = NULL, link = 'https://x' WHERE id = 2`,
    );
    const { changes } = pendingChanges(base, ours);
    expect(changes).toEqual([
      {
        kind: 'user',
        action: 'changed',
        name: 'olga',
        words: 'password changed; e-mail address from "olga@example.com" to none; link of a reset changed',
        columns: [
          { column: 'password', label: 'password', from: null, to: null },
          { column: 'email', label: 'e-mail address', from: 'olga@example.com', to: null },
          { column: 'link', label: 'link of a reset', from: null, to: null },
        ],
      },
    ]);
    for (const secret of [HASH, OTHER_HASH, 'https://x'])
      expect(JSON.stringify(changes)).not.toContain(secret);
  });

  it('of a user who is new or gone shows no secret either', () => {
    const without = altered(base, 'UPDATE locations SET user_id = NULL', 'DELETE FROM users WHERE id = 2');
    const told = JSON.stringify([pendingChanges(base, without), pendingChanges(without, base)]);
    expect(told).toContain('olga@example.com');
    expect(told).not.toContain(HASH);
  });

  it.each([
    [`INSERT INTO regions (type, code, created_at, updated_at) VALUES ('fly', 'fra', '', '')`, true],
    ['DELETE FROM regions WHERE id = 3', true],
    [`UPDATE locations SET region = 'nrt'`, false],
  ])('needs a deployment only for regions: %s', (statement, needsDeployment) => {
    expect(pendingChanges(base, altered(base, statement)).needsDeployment).toBe(needsDeployment);
  });

  it('is not a renamed row where another host has another row of the same id', () => {
    const row = (key: string, time: string) => ({
      id: 9,
      year: 2027,
      key,
      name: key,
      location_id: 1,
      created_at: time,
    });
    const theirs = buildIndex({ ...ROWS, showcases: [...ROWS.showcases, row('a', '2026-01-01')] });
    const ours = buildIndex({ ...ROWS, showcases: [...ROWS.showcases, row('b', '2026-01-02')] });
    expect(pendingChanges(theirs, ours).changes.map(({ name, action }) => [name, action])).toEqual([
      ['2027/boston/a', 'removed'],
      ['2027/boston/b', 'added'],
    ]);
  });

  it('is nothing between two orders of columns, or between journal modes', async () => {
    const [migrated, sample] = [new LiveIndex({ journal: 'wal' }), new LiveIndex({ schema: 'sample' })];
    const nothing = { changes: [], needsDeployment: false };
    expect(pendingChanges(await migrated.reader.image(), await sample.reader.image())).toEqual(nothing);
  });

  it('is what an edit has changed, until it is published', async () => {
    const index = new LiveIndex();
    const published = await index.reader.image();
    const version = (await index.reader.studio(1))?.version ?? '';
    const form = studioForm({
      name: 'Beacon',
      key: 'boston',
      latitude: '42.4',
      longitude: '-71.1',
      locale: 'en_US',
      owner: 'olga',
      sisters: ['Cambridge'],
    });
    await index.editor.save({ kind: 'studio', action: 'update', id: 1, version, form }, BY_ADA);
    const now = await index.reader.image();
    expect(
      pendingChanges(published, now).changes.map(({ kind, name, words }) => [kind, name, words]),
    ).toEqual([
      ['studio', 'boston', 'renamed from "Boston" to "Beacon"'],
      ['user', 'olga', 'sites from "Boston, Salem" to "Beacon,Salem"'],
    ]);
    expect(pendingChanges(now, now).changes).toEqual([]);
  });

  it('cannot be told of an index that cannot be used', async () => {
    const view = altered(base, 'DROP TABLE regions', 'CREATE VIEW regions AS SELECT 1 AS id');
    expect((await failureOf(() => pendingChanges(view, base))).code).toBe('index-invalid');
    expect((await failureOf(() => pendingChanges(base, view))).code).toBe('index-invalid');
  });

  it('is nothing between an index and itself, and the opposite the other way round', () => {
    const opposite = { added: 'removed', removed: 'added', changed: 'changed' };
    fc.assert(
      fc.property(goodTables(), goodTables(), (one, other) => {
        const [a, b] = [buildIndex(one), buildIndex(other)];
        expect(pendingChanges(a, a).changes).toEqual([]);
        const there = pendingChanges(a, b).changes.map(({ kind, action }) => `${kind} ${opposite[action]}`);
        const back = pendingChanges(b, a).changes.map(({ kind, action }) => `${kind} ${action}`);
        expect(there.sort()).toEqual(back.sort());
      }),
      { numRuns: 30 },
    );
  });
});
