import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReceivedRun } from '../../../../src/runs/deploys/deploy-model.ts';
import { DEPLOY_STANDINGS, deployStanding } from '../../../../src/runs/deploys/deploy-standing.ts';
import { ended, logsOf, ReceivedRig, START, started } from '../../../support/runs/deploys/received-rig.ts';

let rig: ReceivedRig;
beforeEach(() => {
  rig = new ReceivedRig();
});
afterEach(() => rig.close());

type Outcome = Parameters<typeof ended>[0];

const send = (word: 'started' | Outcome) =>
  rig.deploys.status('default', word === 'started' ? started() : ended(word));

describe('the state of a received run', () => {
  it.each<[('started' | Outcome)[], ReceivedRun['status'], string | null]>([
    [['started'], 'started', null],
    [['started', 'done'], 'completed', 'done'],
    [['started', 'nothing-to-do'], 'completed', 'nothing-to-do'],
    [['started', 'failed'], 'failed', 'failed'],
    [['done'], 'completed', 'done'],
    [['done', 'started'], 'completed', 'done'],
    [['failed', 'done'], 'failed', 'failed'],
    [['done', 'failed'], 'completed', 'done'],
    [['done', 'interrupted'], 'completed', 'done'],
    [['interrupted', 'done'], 'completed', 'done'],
    [['interrupted', 'cancelled'], 'failed', 'cancelled'],
    [['interrupted', 'started'], 'failed', 'interrupted'],
    [['interrupted', 'done', 'interrupted'], 'completed', 'done'],
    [['interrupted', 'done', 'failed'], 'completed', 'done'],
  ])('after %s is %s, %s', (words, status, outcome) => {
    for (const word of words) send(word);
    rig.reopen();
    expect(rig.deploys.list().rows).toEqual([expect.objectContaining({ status, outcome })]);
  });

  it.each(['started', 'done', 'failed', 'interrupted'] as const)(
    'said twice, as %s, is a duplicate',
    (word) => {
      const first = send(word);
      const second = send(word);
      expect([first.accepted, first.duplicates]).toEqual([1, 0]);
      expect([second.accepted, second.duplicates]).toEqual([0, 1]);
      expect(second.run).toEqual(first.run);
    },
  );

  it('has nothing left of a guess that gave way', () => {
    send('interrupted');
    const { run } = send('done');
    expect(run).toMatchObject({ error: null, failedMachines: [], exitCode: 0, durationMs: 2222 });
  });

  it('gets from a late start what is empty, and nothing else', () => {
    send('started');
    send('done');
    const late = started({ git_ref: 'other', ci_provider: 'github_actions', by: 'ann' });
    expect(rig.deploys.status('default', late).run).toMatchObject({
      ...{ status: 'completed', gitRef: 'main', ciProvider: 'github_actions', by: 'ann' },
    });
  });

  it('has all that its end says', () => {
    const body = {
      ...ended('done'),
      ...{ dropped: 3, lost: [[2, 4]] as const, last_seq: 9 },
      ...{
        index: { kind: 'published', etag: '"e"' },
        machines: { updated: 1, unchanged: 2, failed: 0, skipped: 3 },
      },
    };
    const { run } = rig.deploys.status('default', body, START - 1000);
    expect(run).toMatchObject({
      ...{ dropped: 3, lost: [[2, 4]], sentLastSeq: 9, lastSeq: 0, skewMs: 1000 },
      ...{ index: { kind: 'published', etag: '"e"', size: null }, finishedAt: '2026-01-02T03:04:07.900Z' },
      ...{ machines: { updated: 1 }, tunnels: [{ service_name: 'fly', hostname: 'example.fly.dev' }] },
    });
  });

  it('is not moved by lines that come after its end, which are kept', () => {
    send('done');
    const { run, accepted } = rig.deploys.logs('default', logsOf([1, 2]));
    expect([run.status, accepted, run.lastSeq]).toEqual(['completed', 2, 2]);
  });
});

describe('where a run stands', () => {
  const AGES = [0, 89_999, 90_000, 899_999, 900_000, 10_000_000];

  it.each([
    [null, null, ['started', 'started', 'no signal', 'no signal', 'gone', 'gone']],
    ['started', null, ['started', 'started', 'no signal', 'no signal', 'gone', 'gone']],
    ['completed', 'done', Array(6).fill('completed')],
    ['completed', 'nothing-to-do', Array(6).fill('nothing-to-do')],
    ['failed', 'failed', Array(6).fill('failed')],
    ['failed', 'changed-elsewhere', Array(6).fill('failed')],
    ['failed', 'cancelled', Array(6).fill('cancelled')],
    ['failed', 'interrupted', Array(6).fill('interrupted')],
  ] as const)('that is %s, %s, is known by its state and the clock', (status, outcome, standings) => {
    const found = AGES.map((age) => deployStanding({ status, outcome, lastHeardAt: START }, START + age));
    expect(found).toEqual(standings);
  });

  it('is the same in the filter of the list as on the page', () => {
    const outcomes = ['started', 'done', 'nothing-to-do', 'failed', 'cancelled', 'interrupted'] as const;
    for (const age of AGES.toReversed())
      for (const [at, word] of outcomes.entries()) {
        rig.now = START - age;
        const body = word === 'started' ? started() : ended(word);
        rig.deploys.status('default', { ...body, run: `run-${age}-${at}` });
      }
    rig.now = START;
    const all = rig.deploys.list({ limit: 100 }).rows;
    const found = DEPLOY_STANDINGS.map((standing) => rig.deploys.list({ standing, limit: 100 }).rows);
    expect(found).toEqual(
      DEPLOY_STANDINGS.map((standing) => all.filter((run) => deployStanding(run, START) === standing)),
    );
    expect(found.map((rows) => rows.length)).toEqual([2, 6, 6, 6, 6, 6, 2, 2]);
  });
});
