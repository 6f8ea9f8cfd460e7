import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { report, told } from '../../support/runs/played-update.ts';
import { Room } from '../../support/runs/room.ts';
import { Mounts } from '../../support/system/mounts.ts';

let mounts: Mounts;
let room: Room;

beforeEach(async () => {
  mounts = await Mounts.open();
  room = new Room('http://127.0.0.1:1/');
  mkdirSync(join(room.home, 'state'));
  mounts.mountMemory(join(room.home, 'state'), 1024);
});
afterEach(async () => {
  await mounts.close();
  room.remove();
});

const NOTES = Array.from(
  { length: 200 },
  (_, at) => ({ type: 'note', message: `${at} ${'x'.repeat(200)}` }) as const,
);

it('a full disk refuses a change with a word for it, and takes one when there is space again', async () => {
  const { said } = await room.hold(
    ['fill', 'refused', 'free', 'intend one', 'put one', 'saved one', 'start', 'quiet', 'show'],
    mounts.through,
  );
  const refused = said.find((line) => line.startsWith('refused: ')) ?? '';
  expect(JSON.parse(refused.replace('refused: ', ''))).toMatchObject({
    code: 'disk',
    message: expect.stringMatching(/^cannot write .*runs\.sqlite3: .*full/),
    hint: expect.stringMatching(/^Free some space/),
  });
  expect(said).toContain('[["done",2]]');
});

it('a disk that is full while a run is under way takes its events and its end once there is space', async () => {
  room.played.play({ lines: told(report(), NOTES) });
  room.played.hold();
  const { said } = await room.hold(
    [
      ...['start', 'intend one', 'put one', 'saved one', 'until-starts 1', 'fill', 'let-go'],
      ...['until-problems 5', 'free', 'quiet', 'show'],
    ],
    mounts.through,
  );
  expect(said.filter((line) => line.startsWith('problem ')).length).toBeGreaterThanOrEqual(5);
  expect(said.at(-2)).toBe('[["done",202]]');
});

it('a disk that is full when the index has a change takes that once there is space, without a new start', async () => {
  const { said } = await room.hold(
    [
      ...['start', 'intend one', 'put one', 'intend two', 'fill', 'refused', 'saved one', 'drop two'],
      ...['until-problems 2', 'free', 'until-change one live', 'until-change two dropped', 'show'],
    ],
    mounts.through,
  );
  expect(said.at(-1)).toBe('show');
  expect(said.at(-2)).toBe('[["done",2]]');
});
