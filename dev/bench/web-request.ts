import { performance } from 'node:perf_hooks';
import type { RunEvent } from '../../src/report/events.ts';
import type { WebRig } from '../web/rig.ts';

/** What a request is made of, in the order in which it happens; milliseconds. */
export const PARTS = [
  'the form is checked and saved, the answer is there',
  'config-update is started',
  'the index is published',
  'the machines are found',
  'each machine has fetched and installed it',
  'the run is told and kept',
  'the address has answered',
] as const;

export type RequestParts = readonly number[];

/** From sending the form to the answer of the event's own address, each by the clock of who did it. */
export async function timeRequest(rig: WebRig, at: number): Promise<RequestParts> {
  const [owner] = rig.sample.owners;
  if (!owner) throw new Error('the sample has no owners');
  const visitor = rig.visitor(owner);
  const day = new Date(Date.UTC(2027, 0, 1 + at)).toISOString().slice(0, 10);
  const form = await visitor.ask(`/studios/${owner.studio}/request`);
  const [began, clock] = [Date.now(), performance.now()];
  const answer = await visitor.submit(form, { name: `Bench ${at}`, firstDay: day, lastDay: day });
  const answered = began + performance.now() - clock;
  const id = /requests\/(\w+)/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
  const change = await visitor.untilOver(id);
  if (change.state !== 'live' || change.problem !== null)
    throw new Error(`the request is ${change.state}: ${JSON.stringify(change.problem)}`);
  const { events, run } = await visitor.events(change.run ?? '');
  const of = (fits: (event: RunEvent) => boolean): number[] =>
    events.flatMap(({ event }) => (fits(event) ? [Date.parse(event.at)] : []));
  const steps = of((event) => event.type === 'step-done');
  const moments = [
    began,
    answered,
    Math.max(answered, ...of((event) => event.type === 'run-began')),
    steps[0] ?? Number.NaN,
    steps[1] ?? Number.NaN,
    Math.max(...of((event) => event.type === 'item' && event.phase === 'done')),
    Date.parse(run.endedAt ?? ''),
    Date.parse(change.live?.result?.at ?? ''),
  ];
  return moments.slice(1).map((moment, part) => moment - (moments[part] ?? Number.NaN));
}
