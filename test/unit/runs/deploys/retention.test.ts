import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeOldDeploys } from '../../../../src/runs/deploys/deploy-retention.ts';
import { openRunsFile } from '../../../../src/runs/runs-file.ts';
import {
  ended,
  KEY,
  logsOf,
  numbers,
  ReceivedRig,
  START,
} from '../../../support/runs/deploys/received-rig.ts';
import { Rig } from '../../../support/runs/rig.ts';

const DAY = 86_400_000;
const NEVER = new AbortController().signal;

let rig: ReceivedRig;
beforeEach(() => {
  rig = new ReceivedRig();
});
afterEach(() => rig.close());

const remove = (days: number, signal = NEVER) => removeOldDeploys(rig.db, START + days * DAY, signal);
const count = (table: string) => rig.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
const OWN = ['deploys', 'deploy_runs', 'deploy_lines', 'deploy_news', 'deploy_batches'];

it('a run of which nothing was heard for 90 days is removed with all that it has', async () => {
  rig.deploys.logs('default', logsOf(numbers(1, 1200)));
  rig.deploys.logs('default', logsOf([4000, 1_000_000]));
  rig.deploys.status('default', ended('done'));
  rig.deploys.planLogs('default', { deployId: 'p', digest: 'd', logs: [...logsOf([1]).logs] });
  expect(await remove(89)).toBe(0);
  expect(OWN.map(count)).toEqual([2, 2, 1203, 5, 1]);
  expect(await remove(91)).toBe(2);
  expect(OWN.map(count)).toEqual([0, 0, 0, 0, 0]);
});

it('a run that was heard of since stays, though its deploy has older ones', async () => {
  rig.deploys.logs('default', logsOf([1], { run: 'old' }));
  rig.deploys.logs('default', logsOf([1], { run: 'long' }));
  rig.now = START + 89 * DAY;
  rig.deploys.logs('default', logsOf([], { run: 'long', first_seq: 2, last_seq: 1 }));
  expect(await remove(91)).toBe(1);
  expect(rig.deploys.runsOf('default', '12345').map(({ run }) => run)).toEqual(['long']);
  rig.deploys.logs('default', logsOf([1], { run: 'new' }));
  expect(rig.deploys.runsOf('default', '12345').map(({ number }) => number)).toEqual([2, 3]);
});

it('of each project the last 1,000 deploys stay, and what may still be under way', async () => {
  rig.deploys.projects.setAcceptsPlan('other', false);
  rig.deploys.logs('other', logsOf([1]));
  for (let deploy = 1; deploy <= 1003; deploy += 1) {
    rig.now = START + deploy;
    rig.deploys.logs('default', logsOf([1], { deploy_id: String(deploy) }));
  }
  rig.now = START + 2 * DAY;
  rig.deploys.logs('default', logsOf([], { deploy_id: '1', first_seq: 2, last_seq: 1 }));
  expect(await remove(0.5)).toBe(0);
  expect(await remove(2)).toBe(3);
  expect([2, 3, 4, 5].map((deploy) => rig.deploys.runsOf('default', String(deploy)).length)).toEqual([
    0, 0, 0, 1,
  ]);
  expect(rig.deploys.runsOf('default', '1')).toHaveLength(1);
  expect(rig.deploys.list({ project: 'other' }).total).toBe(1);
});

it('others get a turn after each slice, and what is left when the server ends is removed later', async () => {
  rig.deploys.logs('default', logsOf(numbers(1, 5000)));
  const stop = new AbortController();
  const left: unknown[] = [];
  const look = (): void => {
    left.push(count('deploy_lines'));
    if (left.length < 3) setImmediate(look);
    else stop.abort();
  };
  setImmediate(look);
  expect(await remove(91, stop.signal)).toBe(0);
  expect(left).toEqual([4500, 4000, 3500]);
  expect(rig.deploys.list().total).toBe(1);
  expect(await remove(91)).toBe(1);
  expect(OWN.map(count)).toEqual([0, 0, 0, 0, 0]);
});

it('a server removes what is old by itself', async () => {
  const server = new Rig();
  server.runs.deploys.projects.addKey('default', KEY);
  server.runs.deploys.logs('default', logsOf(numbers(1, 1200)));
  await server.runs.close();
  const db = openRunsFile(join(server.home, 'state'));
  db.exec('UPDATE deploy_runs SET last_heard_at = 0');
  db.close();
  server.open().start();
  await expect.poll(() => server.runs.deploys.list().total).toBe(0);
  expect(server.problems).toEqual([]);
  await server.close();
});
