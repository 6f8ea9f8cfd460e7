import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { closeServer } from '../../support/runs/close-server.ts';
import { halfFailed, type Part, report, told } from '../../support/runs/played-update.ts';
import { Room } from '../../support/runs/room.ts';

// Each case takes several processes, one after another.
vi.setConfig({ testTimeout: 180_000 });

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((_, response) => void response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/2027/`;
});
afterAll(() => closeServer(server));

/** How a start of config-update may end. */
const PARTS: Readonly<Record<string, Part>> = {
  'goes well': {},
  'fails for some': { lines: told(halfFailed()), exit: 1 },
  'finds nobody': { lines: told(report({ outcome: 'nothing-to-do', machines: [] })), exit: 3 },
  'is too late': { lines: told(report({ outcome: 'changed-elsewhere', machines: [] })), exit: 4 },
  'says nothing': { lines: '', exit: 1 },
  dies: { lines: '', last: 'kill -9 $$' },
  'kills the server at its end': { last: 'kill -9 $PPID' },
  'kills the server before': { lines: '', last: 'kill -9 $PPID' },
};

type Step = (name: string) => readonly string[];

/** What people do, and where they may be stopped. */
const STEPS: Readonly<Record<string, Step>> = {
  save: (name) => [`intend ${name}`, `put ${name}`, `saved ${name}`],
  'save with an address': (name) => [`intend ${name} live`, `put ${name}`, `saved ${name}`],
  'save for later': (name) => [`intend ${name} pending`, `put ${name}`, `saved ${name} pending`],
  'intend and write': (name) => [`intend ${name}`, `put ${name}`],
  'intend only': (name) => [`intend ${name}`],
  'think better of it': (name) => [`intend ${name}`, `drop ${name}`],
  publish: () => ['publish'],
  'cancel what waits': () => ['cancel'],
  'retry the first': () => ['retry e0-0'],
  'wait a little': () => ['turns 20'],
  'wait longer': () => ['turns 400'],
  'wait until all is done': () => ['quiet'],
};

/** Sessions of a server, each of which is killed or closed. `quiet` may wait for what nobody has finished. */
const sessions = fc.array(
  fc.record({
    steps: fc.array(fc.constantFrom(...Object.keys(STEPS)), { minLength: 1, maxLength: 6 }),
    isKilled: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3 },
);
const parts = fc.array(fc.constantFrom(...Object.keys(PARTS)), { maxLength: 6 });

function commandsOf(session: number, steps: readonly string[], isKilled: boolean): string[] {
  const hangs = steps.some((step) => step === 'intend only' || step === 'intend and write');
  const able = hangs ? steps.filter((step) => step !== 'wait until all is done') : steps;
  const commands = able.flatMap((step, at) => STEPS[step]?.(`e${session}-${at}`) ?? []);
  return ['start', ...commands, ...(isKilled ? ['die'] : [])];
}

it('loses no change and leaves none waiting, whatever is done, fails or is killed in between', async () => {
  await fc.assert(
    fc.asyncProperty(sessions, parts, async (held, played) => {
      const room = new Room(url);
      try {
        for (const [at, part] of played.entries()) room.played.play(PARTS[part] ?? {}, at + 1);
        for (const [at, { steps, isKilled }] of held.entries())
          await room.hold(commandsOf(at, steps, isKilled));
        room.played.forget();
        const { changes, runs } = await room.settle(true);
        expect(room.problemsOf(changes)).toEqual([]);
        expect(changes.filter(({ state }) => ['failed', 'pending'].includes(state))).toEqual([]);
        expect(runs.filter(({ state }) => state === 'waiting' || state === 'running')).toEqual([]);
        // Each thing that was asked for costs a run and its retries, and each end of a server one more.
        const asked = held.reduce((sum, { steps }) => sum + steps.length, 0);
        expect(room.played.starts.length).toBeLessThanOrEqual(4 * asked + 2 * held.length + 10);
      } finally {
        room.remove();
      }
    }),
    { numRuns: 15 },
  );
});
