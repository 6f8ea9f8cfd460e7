import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeServer } from '../../support/runs/close-server.ts';
import { Room } from '../../support/runs/room.ts';

// Each kill takes a process that holds the room.
vi.setConfig({ testTimeout: 180_000 });

let server: Server;
let url: string;
let room: Room;
let status = 200;

beforeAll(async () => {
  server = createServer((_, response) => void response.writeHead(status).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/2027/`;
});
afterAll(() => closeServer(server));
beforeEach(() => {
  status = 200;
  room = new Room(url);
});
afterEach(() => room.remove());

/** Has the room held until it is killed, which it must be. */
async function killed(...commands: string[]): Promise<void> {
  const { signal } = await room.hold(commands);
  expect(signal).toBe('SIGKILL');
}

const SAVE = ['intend one', 'put one', 'saved one'];

describe('a server that is killed', () => {
  it('after it intended a change drops it if the index does not have it', async () => {
    await killed('start', 'intend one', 'die');
    const { changes, runs } = await room.settle();
    expect([changes[0]?.state, runs.length, room.played.starts.length]).toEqual(['dropped', 0, 0]);
  });

  it.each([
    ['publishes it', 'live', 'live', 1],
    ['leaves it pending if that was intended', 'pending', 'pending', 0],
  ])('before it knew that the index has a change %s', async (_, how, state, starts) => {
    await killed('start', `intend one ${how}`, 'put one', 'die');
    const { changes } = await room.settle();
    expect([changes[0]?.state, room.played.starts.length]).toEqual([state, starts]);
    expect(changes[0]?.live?.url ?? url).toBe(url);
  });

  it('after it saved a change begins the run that waits', async () => {
    await killed(...SAVE, 'die');
    const { changes, runs } = await room.settle();
    expect([changes[0]?.state, runs.map(({ state }) => state)]).toEqual(['live', ['done']]);
    expect(room.played.starts).toHaveLength(1);
  });

  it('while a run is under way has it done once more, and what came later with it', async () => {
    room.played.hold();
    await killed('start', ...SAVE, 'until-starts 1', 'intend two', 'put two', 'saved two', 'die');
    room.played.open();
    const { changes, runs } = await room.settle();
    expect(changes.map(({ state }) => state)).toEqual(['live', 'live']);
    expect(runs.map(({ state }) => state)).toEqual(['interrupted', 'done']);
    expect(runs[0]).toMatchObject({ next: runs[1]?.id, error: { code: 'cancelled' } });
    expect(room.problemsOf(changes)).toEqual([]);
  });

  it.each([
    ['at the end of a run that went well', {}],
    ['before it said anything', { lines: '' }],
  ])('by its own child, %s, does not run it for ever', async (_, part) => {
    room.played.play({ ...part, last: 'kill -9 $PPID' });
    for (let kills = 1; kills <= 12; kills += 1) {
      const { signal, said } = await room.hold([...(kills === 1 ? SAVE : []), 'start', 'quiet']);
      if (signal === null) break;
      expect(said).not.toContain('quiet');
    }
    const { changes, runs } = await room.settle();
    expect(room.played.starts.length).toBeLessThanOrEqual(10);
    expect(runs.filter(({ state }) => state === 'running' || state === 'waiting')).toEqual([]);
    expect(changes[0]?.state).toBeOneOf(['live', 'failed']);
  });

  it('while it checks an address checks it again, and runs nothing again', async () => {
    status = 404;
    await killed('start', 'intend one live', 'put one', 'saved one', 'until-change one checking', 'die');
    status = 200;
    const { changes } = await room.settle();
    expect(changes[0]).toMatchObject({ state: 'live', live: { result: { isLive: true } } });
    expect(room.played.starts).toHaveLength(1);
  });

  it('after all was done has nothing to do', async () => {
    await killed('start', ...SAVE, 'quiet', 'die');
    const { changes, runs } = await room.settle();
    expect([changes[0]?.state, runs[0]?.state]).toEqual(['live', 'done']);
    expect(room.played.starts).toHaveLength(1);
  });

  it('between two runs does the one that waits', async () => {
    room.played.play({ lines: '', exit: 1 }, 1);
    await killed('start', ...SAVE, 'until-run failed', 'die');
    const { changes, runs } = await room.settle();
    expect(changes[0]?.state).toBe('live');
    expect(runs[0]?.state).toBe('failed');
    expect(runs.at(-1)?.state).toBe('done');
  });
});

/** A change with an address, one that is dropped, one that is pending until the machines are updated. */
const WHOLE = [
  ...['start', 'intend one live', 'put one', 'saved one', 'intend two', 'drop two', 'until-run done'],
  ...['intend three pending', 'put three', 'saved three pending', 'publish', 'intend four', 'put four'],
  ...['saved four', 'quiet'],
];

describe('a server that is killed after a system call', () => {
  it('loses no change, does none for ever, and has none wait for ever', async () => {
    const names = ['fdatasync', 'fsync', 'pwrite64', 'ftruncate', 'unlink'];
    const log = join(room.home, 'strace.log');
    const { signal } = await room.hold(WHOLE, ['strace', '-o', log, '-e', `trace=${names.join()}`]);
    expect(signal).toBeNull();
    const counts = new Map<string, number>();
    const calls = readFileSync(log, 'utf8')
      .split('\n')
      .flatMap((line) => /^[a-z0-9]+(?=\()/.exec(line)?.[0] ?? [])
      .map((name) => {
        counts.set(name, (counts.get(name) ?? 0) + 1);
        return { name, nth: counts.get(name) ?? 0 };
      });
    // Every flush, after which something is promised, and of the writes before it the one in the middle.
    const rows: (typeof calls)[] = [[]];
    for (const call of calls) {
      if (call.name !== rows.at(-1)?.[0]?.name) rows.push([]);
      rows.at(-1)?.push(call);
    }
    const points = rows.flatMap((row) =>
      row[0]?.name === 'pwrite64' ? row.slice(row.length >> 1, (row.length >> 1) + 1) : row,
    );
    expect(points.length).toBeGreaterThan(20);
    room.remove();
    room = new Room(url);
    const copies: { copy: Room; said: readonly string[]; call: string }[] = [];
    await room.holdAndStop(WHOLE, points, (at) => {
      const { name, nth } = points[at] ?? expect.unreachable();
      copies.push({ copy: new Room(url, room), said: room.said, call: `${name} ${nth}` });
    });
    // A few may fall behind the last call: not every process makes as many.
    expect(copies.length).toBeGreaterThan(points.length * 0.8);
    for (const { copy, said, call } of copies) {
      const { changes, runs } = await copy.settle();
      const where = `killed after ${call}, after ${said.at(-1)}`;
      expect(copy.problemsOf(changes), where).toEqual([]);
      // Whatever was said is not forgotten.
      const done = (word: string) => said.filter((line) => line.startsWith(`${word} `)).length;
      expect(changes.filter(({ kind }) => kind === 'event').length, where).toBeGreaterThanOrEqual(
        done('intend'),
      );
      for (const line of said.filter((each) => each.startsWith('saved '))) {
        const [, subject] = line.split(' ');
        const isFree = line.endsWith('pending') && !said.includes('publish');
        const { state } = changes.find((each) => each.subject === subject) ?? expect.unreachable(where);
        expect(state, `${where}: ${subject}`).toBeOneOf(isFree ? ['pending', 'live'] : ['live']);
      }
      expect(
        runs.filter(({ state }) => !['done', 'interrupted'].includes(state)),
        where,
      ).toEqual([]);
      expect(copy.played.starts.length, where).toBeLessThanOrEqual(5);
      copy.remove();
    }
  });
});
