import { describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { noticedChanges } from '../../../src/index/noticed-changes.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { altered } from '../../support/indexes/indexes.ts';

const FIRST = makeSampleIndex();
const read = (image: Buffer) => readValidIndex(image).index;
const since = (...statements: string[]) =>
  noticedChanges(read(FIRST), read(altered(FIRST, ...statements)), '/showcase');

describe('what people notice of a new index', () => {
  it('is nothing where no row differs', () => {
    expect(since()).toEqual([]);
  });

  it('is that a second event moves the only one that a studio had in that year', () => {
    const changed = noticedChanges(read(FIRST), read(changeSample(FIRST).index), '/showcase');
    expect(changed).toEqual([
      { kind: 'event', change: 'new', name: '/showcase/2026/boston/tea-dance/' },
      {
        kind: 'event',
        change: 'moved',
        name: '/showcase/2026/boston/showcase/',
        from: '/showcase/2026/boston/',
      },
      { kind: 'login', change: 'gone', name: 'studio1' },
    ]);
  });

  it('is that an event is gone, but not that its row was made anew', () => {
    const id = read(FIRST).years[0]?.studios.find(({ single }) => single)?.events[0]?.id ?? 0;
    const gone = since(`DELETE FROM showcases WHERE id = ${id}`);
    expect(gone).toEqual([
      { kind: 'event', change: 'gone', name: expect.stringMatching(/^\/showcase\/2026\/[^/]+\/$/) },
    ]);
    expect(since(`UPDATE showcases SET id = 9999 WHERE id = ${id}`)).toEqual([]);
  });

  it('is that two events have each other’s address', () => {
    const pair = read(FIRST)
      .years.flatMap(({ studios }) => studios)
      .find(({ events }) => events.length === 2);
    const [one, two] = pair?.events ?? [];
    const moved = since(
      `UPDATE showcases SET key = 'aside' WHERE id = ${one?.id}`,
      `UPDATE showcases SET key = '${one?.key}' WHERE id = ${two?.id}`,
      `UPDATE showcases SET key = '${two?.key}' WHERE id = ${one?.id}`,
    );
    expect(moved.map(({ change }) => change)).toEqual(['moved', 'moved']);
    expect(new Set(moved.map(({ name }) => name))).toEqual(new Set(moved.map(({ from }) => from)));
  });

  it('is that another region serves a studio which has events', () => {
    expect(since("UPDATE locations SET region = 'fra' WHERE key = 'boston'")).toEqual([
      { kind: 'studio', change: 'moved', name: 'boston', from: 'iad', to: 'fra' },
    ]);
  });

  it('is who can log in from now on, and with another password', () => {
    const changed = since(
      "UPDATE users SET password = NULL WHERE userid = 'studio1'",
      "UPDATE users SET password = (SELECT replace(password, 'studio2', 'studio9') FROM users WHERE userid = 'studio2') WHERE userid = 'studio9'",
      "UPDATE users SET password = 'studio3:{SHA}kN2q9MLfyHKPfHlvcDfvWq17XX0=' WHERE userid = 'studio3'",
    );
    expect(changed).toEqual([
      { kind: 'login', change: 'new', name: 'studio9' },
      { kind: 'login', change: 'password', name: 'studio3' },
      { kind: 'login', change: 'gone', name: 'studio1' },
    ]);
  });
});
