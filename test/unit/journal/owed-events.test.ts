import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureStateDir } from '../../../src/database/state-dir.ts';
import { stagedPath } from '../../../src/files/staged-names.ts';
import { leftBehind, readMoves } from '../../../src/journal/event-moves.ts';
import { clearOwedEvents, readOwedEvents, writeOwedEvents } from '../../../src/journal/owed-events.ts';
import { forgetMove, writeMove } from '../../../src/tenants/copy-moved.ts';
import { makeDbDir } from '../../support/journal/db-dir.ts';

const RUN = '20260102T030405678Z-1f2e3d';
const OTHER = '20260102T030406678Z-0a0b0c';

describe('the databases that are owed to new events', () => {
  it('are what was written, for the owner alone, and no file where there are none', () => {
    const dbDir = makeDbDir();
    const path = join(dbDir, '.update_config/new-events.json');
    const owed = new Map([
      ['2026-boston', null],
      ['2026-camden-gala', '2026-camden'],
    ]);
    writeOwedEvents(dbDir, owed, RUN);
    expect(readOwedEvents(dbDir)).toEqual(owed);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(dbDir, '.update_config'))).toEqual(['new-events.json']);
    writeOwedEvents(dbDir, new Map(), RUN);
    expect([existsSync(path), readOwedEvents(dbDir).size]).toEqual([false, 0]);
  });

  it('have names of events that files can have: others are none of them', () => {
    const dbDir = makeDbDir();
    const long = (bytes: number) => `2026-${'x'.repeat(bytes - 5)}`;
    const names = ['index', 'demo', '2026-', '2026-a/b', '2026-a\nb', '20267-a', '../2026-a', long(201)];
    const owed = Object.fromEntries([...names, long(200), '2026-ok'].map((name) => [name, null]));
    writeFileSync(
      join(ensureStateDir(dbDir), 'new-events.json'),
      JSON.stringify({ ...owed, '2026-from': '2026-old', '2026-bad': 'index', '2026-odd': 7 }),
    );
    expect(readOwedEvents(dbDir)).toEqual(
      new Map([
        [long(200), null],
        ['2026-ok', null],
        ['2026-from', '2026-old'],
        ['2026-bad', null],
        ['2026-odd', null],
      ]),
    );
  });

  it.each(['', '[', 'null', '7', '"2026-a"'])('are none where what stands there is %j', (text) => {
    const dbDir = makeDbDir();
    writeFileSync(join(ensureStateDir(dbDir), 'new-events.json'), text);
    expect(readOwedEvents(dbDir)).toEqual(new Map());
  });

  it('that other runs were writing when they were killed are taken away, and those of the run itself stay', () => {
    const dbDir = makeDbDir();
    const directory = ensureStateDir(dbDir);
    const own = stagedPath(join(directory, 'new-events.json'), RUN);
    const strange = join(directory, '.new-events.json.staged');
    const left = stagedPath(join(directory, 'new-events.json'), OTHER);
    for (const path of [own, left, strange]) writeFileSync(path, '{}');
    clearOwedEvents(dbDir, RUN);
    expect([own, left, strange].map(existsSync)).toEqual([true, false, true]);
  });
});

describe('the move of an event', () => {
  const move = { from: '2026-old', stamp: 's', digest: 'd' };

  it('is remembered by its new name, for the owner alone, until it is forgotten', () => {
    const dbDir = makeDbDir();
    const stateDir = ensureStateDir(dbDir);
    writeMove(stateDir, '2026-new', move);
    writeMove(stateDir, '2026-newer', move);
    expect(readMoves(stateDir)).toEqual(
      new Map([
        ['2026-new', move],
        ['2026-newer', move],
      ]),
    );
    expect(leftBehind(dbDir)).toEqual(new Map([['2026-old', ['2026-new', '2026-newer']]]));
    expect(statSync(join(stateDir, 'moves')).mode & 0o777).toBe(0o700);
    expect(statSync(join(stateDir, 'moves/2026-new.json')).mode & 0o777).toBe(0o600);
    forgetMove(stateDir, '2026-new');
    expect([...readMoves(stateDir).keys()]).toEqual(['2026-newer']);
    expect(readdirSync(join(stateDir, 'moves'))).toEqual(['2026-newer.json']);
  });

  it.each([
    { ...move, from: 'index' },
    { ...move, from: '2026-a/../../x' },
    { ...move, stamp: 7 },
    { from: '2026-old', stamp: 's' },
  ])('that was not written by this program is none: %j', (other) => {
    const stateDir = ensureStateDir(makeDbDir());
    writeMove(stateDir, '2026-new', move);
    writeFileSync(join(stateDir, 'moves/2026-new.json'), JSON.stringify(other));
    expect(readMoves(stateDir)).toEqual(new Map());
  });

  it('has what killed runs left of it taken away with the next one', () => {
    const stateDir = ensureStateDir(makeDbDir());
    writeMove(stateDir, '2026-new', move);
    const left = join(stateDir, 'moves/.2026-new.json.0123456789abcdef.fetched');
    const others = join(stateDir, 'moves/.2026-other.json.0123456789abcdef.fetched');
    for (const path of [left, others]) writeFileSync(path, '{}');
    writeMove(stateDir, '2026-new', move);
    expect([left, others].map(existsSync)).toEqual([false, true]);
  });
});
