/** `npm run demo:web -- --smoke`: what a person would look at in the demo, one after another, over HTTP. */

import { setTimeout as pause } from 'node:timers/promises';
import type { ReceivedRun } from '../../src/runs/deploys/deploy-model.ts';
import type { DeployStanding } from '../../src/runs/deploys/deploy-standing.ts';
import type { Change } from '../../src/runs/run-model.ts';
import { REPORTED_RUNS } from './reported-runs.ts';
import type { WebRig } from './rig.ts';
import { type Visitor, wordsOf } from './visitor.ts';

/** What a person calls an operation. */
const NAMES = { deploy: 'update', delete: 'undo' } as const;
/** Milliseconds until a list is asked for again. */
const AGAIN_MS = 50;

/** Says what was seen, one line each. @throws at the first thing that is not as it should be */
export async function* smoke(rig: WebRig): AsyncGenerator<string, void, void> {
  const { owners, administrator } = rig.sample;
  const [first, second] = owners;
  if (!first || !second) throw new Error('the sample has no owners');
  const [owner, other, admin] = [first, second, administrator].map((account) => rig.visitor(account));
  if (!owner || !other || !admin) throw new Error('nobody is there');

  yield* dashboard(admin, REPORTED_RUNS);

  await expectStatus(rig.visitor(null), `/studios/${first.studio}/request`, 401);
  await expectStatus(other, `/studios/${first.studio}/request`, 403);
  yield `The form of ${first.studio} is for its owner: others are refused`;

  const began = performance.now();
  const id = await owner.request(first.studio, {
    name: 'Demo Ball',
    firstDay: '2027-03-06',
    lastDay: '2027-03-07',
  });
  await expectStatus(owner, `/requests/${id}`, 200);
  yield `Requested by ${first.userid}: the Demo Ball, request ${id}`;

  const change = await untilLive(owner, id);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { events, end, ticket, run } = await owner.events(change.run ?? '');
  const done = run.report?.machines.filter(({ outcome }) => outcome === 'updated').length ?? 0;
  if (!end || done !== rig.machines.length)
    throw new Error(`${done} machines were updated: ${JSON.stringify(run)}`);
  yield `Progress: ${events.length} events of run ${run.id}, ${done} machines updated`;

  const watching = owner.watch(run.id, ticket);
  await watching.ended;
  if (watching.numbers.length !== events.length)
    throw new Error('a WebSocket brings other events than a request');
  yield `The same ${events.length} events by a WebSocket`;

  const url = change.live?.url ?? '';
  const page = await fetch(url, { headers: admin.headers, redirect: 'follow' });
  const text = await page.text();
  if (page.status !== 200 || !text.includes('demo-ball'))
    throw new Error(`${url} answers ${page.status}: ${text}`);
  yield `Live after ${seconds} s: ${url}`;

  yield* dashboard(admin, [['deploy', 'completed'], ...REPORTED_RUNS]);
  yield* apply(rig, admin);
}

/** What the runs of config-update have told of themselves, newest first: all of it, signed, and kept once. */
async function* dashboard(
  admin: Visitor,
  expected: readonly (readonly [ReceivedRun['operation'], DeployStanding])[],
): AsyncGenerator<string, void, void> {
  const deploys = await endedDeploys(admin);
  const seen = deploys.map(({ operation, standing }) => [operation, standing]);
  if (JSON.stringify(seen) !== JSON.stringify(expected))
    throw new Error(`the dashboard has other runs: ${JSON.stringify(seen)}`);
  const [newest] = deploys;
  for (const { deploy, lastSeq, sentLastSeq } of deploys) {
    if (lastSeq === 0 || lastSeq !== sentLastSeq) throw new Error(`the dashboard lacks lines of ${deploy}`);
  }
  const { text } = await admin.ask(`/deploys/${newest?.deploy}/logs.txt`);
  if (text.trimEnd().split('\n').length < (newest?.lastSeq ?? 0))
    throw new Error(`its log is short: ${text}`);
  const told = expected.map(([operation, standing]) => `${NAMES[operation]} ${standing}`);
  yield `Dashboard, newest first: ${told.join(', ')}; the newest has ${newest?.lastSeq} lines`;
}

/** What waits is seen there, and goes with the next update. */
async function* apply(rig: WebRig, admin: Visitor): AsyncGenerator<string, void, void> {
  const studio = rig.sample.owners[1]?.studio ?? '';
  const form = { name: 'Later Ball', firstDay: '2027-05-01', lastDay: '', later: '1' } as const;
  const id = await admin.request(studio, form);
  const waiting = await admin.untilOver(id);
  if (waiting.state !== 'pending') throw new Error(`created without an update, it is ${waiting.state}`);
  const page = await admin.ask('/admin/apply');
  if (page.status !== 200 || !page.text.includes('Later Ball'))
    throw new Error(`the page of what is pending answers ${page.status}: ${wordsOf(page)}`);
  yield 'Pending, and so shown to the administrator: the Later Ball';
  const answer = await admin.submit(page, {}, 'Update configuration');
  if (answer.status !== 303)
    throw new Error(`the update is answered by ${answer.status}: ${wordsOf(answer)}`);
  const run = await admin.follow(answer);
  if (run.status !== 200) throw new Error(`${run.url} answers ${run.status}: ${wordsOf(run)}`);
  const change = await untilLive(admin, id);
  yield `Applied, and live: ${change.live?.url}`;
}

async function untilLive(visitor: Visitor, id: string): Promise<Change> {
  let change = await visitor.untilOver(id);
  while (change.state === 'pending') change = await visitor.untilOver(id);
  if (change.state === 'live' && change.problem === null) return change;
  throw new Error(`request ${id} is ${change.state}: ${JSON.stringify(change.problem)}`);
}

async function expectStatus(visitor: Visitor, path: string, status: number): Promise<void> {
  const answer = await visitor.ask(path);
  if (answer.status !== status)
    throw new Error(`${path} answers ${answer.status}, not ${status}: ${wordsOf(answer)}`);
}

type Deploy = ReceivedRun & { readonly standing: DeployStanding };

/** All deploys, newest first, as soon as none is under way: a run is over a moment before its dashboard has all of it. */
async function endedDeploys(admin: Visitor): Promise<Deploy[]> {
  for (;;) {
    const { deploys } = await admin.json<{ deploys: Deploy[] }>('/deploys/');
    if (deploys.every(({ status }) => status !== 'started')) return deploys;
    await pause(AGAIN_MS);
  }
}
