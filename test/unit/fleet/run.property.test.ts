import fc from 'fast-check';
import { expect, it } from 'vitest';
import { outcomeOf } from '../../../src/fleet-view/fleet-words.ts';
import { fixed, run, settings } from '../../support/fleet/fleet.ts';
import { answer, type Behaviour, result, startMachines } from '../../support/fleet/machines.ts';

const ATTEMPTS = 3;

/** What a machine may do to one request, and what that is worth: success, another attempt, or the end. */
const BEHAVIOURS: Readonly<Record<string, { worth: 'good' | 'again' | 'bad'; behave: Behaviour }>> = {
  updated: { worth: 'good', behave: ({ machine }) => answer(machine) },
  unchanged: { worth: 'good', behave: ({ machine }) => answer(machine, { outcome: 'unchanged' }) },
  busy: { worth: 'again', behave: (_, response) => void response.writeHead(503).end() },
  limited: { worth: 'again', behave: (_, response) => void response.writeHead(429).end() },
  reset: { worth: 'again', behave: (_, response) => void response.socket?.resetAndDestroy() },
  silent: { worth: 'again', behave: () => '' },
  cut: { worth: 'again', behave: ({ machine }) => answer(machine).slice(0, -3) },
  astray: { worth: 'again', behave: () => answer('another') },
  stale: {
    worth: 'again',
    behave: ({ machine }) =>
      answer(machine, { index: { ...(result(machine)['index'] as object), etag: '"0"' } }),
  },
  broken: {
    worth: 'again',
    behave: (_, response) => {
      response.writeHead(200, { 'Content-Length': '99999' });
      response.write(answer('x'), () => response.socket?.destroy());
      return undefined;
    },
  },
  refused: { worth: 'bad', behave: (_, response) => void response.writeHead(422).end() },
  moved: { worth: 'bad', behave: (_, response) => void response.writeHead(301, { Location: '/' }).end() },
};

const names = Object.keys(BEHAVIOURS);
/** For each machine, what it does to each attempt; some sleep. */
const fleets = fc.array(
  fc.record({
    asleep: fc.boolean(),
    plan: fc.array(fc.constantFrom(...names), { minLength: ATTEMPTS, maxLength: ATTEMPTS }),
  }),
  { maxLength: 8 },
);

/** What must become of a machine with that plan: whether it is updated, and after how many requests. */
function expected(plan: readonly string[]): { updated: boolean; attempts: number } {
  const last = plan.findIndex((name) => BEHAVIOURS[name]?.worth !== 'again');
  const deciding = last < 0 ? ATTEMPTS - 1 : last;
  return { updated: BEHAVIOURS[plan[deciding] ?? '']?.worth === 'good', attempts: deciding + 1 };
}

it('each machine gets the outcome of its last answer, whatever it does to each request', async () => {
  await fc.assert(
    fc.asyncProperty(fleets, fc.integer({ min: 1, max: 5 }), async (fleet, concurrency) => {
      const plans = new Map(fleet.map(({ plan }, number) => [`d${number}`, plan]));
      const machines = await startMachines((arrived, response) => {
        const name = plans.get(arrived.machine)?.[arrived.attempt - 1];
        return BEHAVIOURS[name ?? '']?.behave(arrived, response);
      });
      try {
        const config = settings(machines.url, { concurrency, attempts: ATTEMPTS, firstPauseMs: 1 });
        const rows = fleet.map(({ asleep }, number) => ({
          id: `d${number}`,
          region: null,
          state: asleep ? 'suspended' : 'started',
        }));
        const { report, events } = await run({ target: fixed(config, ...rows), settings: config });
        const awake = rows.filter(({ state }) => state === 'started');
        const earned = awake.map(({ id }) => ({ id, ...expected(plans.get(id) ?? []) }));
        expect(
          report.machines.map(({ machine, outcome, attempts }) => ({
            id: machine.id,
            updated: outcome !== 'failed',
            attempts,
          })),
        ).toEqual(earned);
        const good = earned.every(({ updated }) => updated);
        expect(report.outcome).toBe(awake.length === 0 ? 'nothing-to-do' : good ? 'done' : 'failed');
        expect(report.skipped.length).toBe(rows.length - awake.length);
        expect(machines.most()).toBeLessThanOrEqual(concurrency);
        const done = events.flatMap((event) => outcomeOf(event) ?? []);
        expect(new Set(done)).toEqual(new Set(report.machines));
        expect(done.length).toBe(awake.length);
      } finally {
        await machines.close();
      }
    }),
    { numRuns: 60 },
  );
});
