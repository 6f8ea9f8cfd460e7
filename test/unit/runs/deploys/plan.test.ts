import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlanStatus } from '../../../../src/runs/deploys/deploys.ts';
import { line, logsOf, ReceivedRig } from '../../../support/runs/deploys/received-rig.ts';

let rig: ReceivedRig;
beforeEach(() => {
  rig = new ReceivedRig();
});
afterEach(() => rig.close());

const logs = (digest: string, ...texts: string[]) =>
  rig.deploys.planLogs('default', {
    ...{ deployId: '12345', digest },
    logs: texts.map((message) => ({ level: 'info', message, logged_at: '2026-01-02T03:04:05.680Z' })),
  });
const status = (word: PlanStatus['status'], fields: PlanStatus['fields'] = {}) =>
  rig.deploys.planStatus('default', { deployId: '12345', digest: word, status: word, fields });
const texts = (id: string) => rig.deploys.lines(id, 0, 100).map(({ seq, message }) => [seq, message]);
const runs = () => rig.deploys.runsOf('default', '12345');

describe("a sender of the nvoi gem's plan", () => {
  it('has its lines numbered as they come, and none twice for the same bytes', () => {
    logs('a', 'one', 'two');
    expect(logs('a', 'one', 'two')).toMatchObject({ accepted: 0, duplicates: 2 });
    const { run, ...counts } = logs('b', 'three');
    expect(counts).toEqual({ accepted: 1, duplicates: 0, conflicts: 0, refused: 0 });
    expect(run).toMatchObject({
      run: 'legacy-1',
      operation: 'deploy',
      lastSeq: 3,
      sentLastSeq: 3,
      skewMs: null,
    });
    expect(texts(run.id)).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
  });

  it('may say nothing, which only shows that it is alive', () => {
    const { run } = logs('a', 'one');
    rig.now += 1000;
    logs('empty');
    expect(rig.deploys.run(run.id)).toEqual({ ...run, lastHeardAt: rig.now });
    expect(logs('empty')).toMatchObject({ accepted: 0, duplicates: 0 });
  });

  it('begins a run with each start after an end, also after nine of them', () => {
    for (let at = 1; at <= 11; at += 1) for (const word of ['started', 'completed'] as const) status(word);
    expect(runs().map(({ run }) => run)).toEqual(Array.from({ length: 11 }, (_, at) => `legacy-${at + 1}`));
  });

  it('has all that its statuses say', () => {
    status('started', { gitSha: 'abc1234', gitRef: 'main', ciProvider: 'github_actions', ciRunUrl: null });
    const tunnels = [{ service_name: 'web', hostname: 'example.com' }];
    const { run } = status('completed', { tunnels, durationMs: 120_000 });
    expect(run).toMatchObject({
      ...{
        status: 'completed',
        outcome: 'done',
        gitSha: 'abc1234',
        ciProvider: 'github_actions',
        ciRunUrl: null,
      },
      ...{ tunnels, durationMs: 120_000, startedAt: null, finishedAt: '2026-01-02T03:04:05.678Z' },
    });
  });

  it.each<[PlanStatus['status'][], (string | null)[]]>([
    [['started'], ['started']],
    [['started', 'started'], ['started']],
    [['started', 'failed', 'completed'], ['failed']],
    [['completed', 'completed'], ['completed']],
    [
      ['started', 'completed', 'started'],
      ['completed', 'started'],
    ],
    [
      ['started', 'completed', 'started', 'failed', 'completed', 'started'],
      ['completed', 'failed', 'started'],
    ],
  ])('that says %j has runs that are %j', (words, expected) => {
    for (const word of words) status(word);
    expect(runs().map((run) => run.status)).toEqual(expected);
    expect(runs().map(({ run }) => run)).toEqual(expected.map((_, at) => `legacy-${at + 1}`));
  });

  it('has lines after an end in the run that ended, and those after another start in the next', () => {
    status('started');
    logs('a', 'one');
    status('failed', { error: 'SSH connection failed' });
    logs('b', 'late');
    status('started');
    logs('a', 'one');
    expect(runs().map(({ id }) => texts(id))).toEqual([
      [
        [1, 'one'],
        [2, 'late'],
      ],
      [[1, 'one']],
    ]);
    expect(runs()[0]?.error).toBe('SSH connection failed');
  });

  it('and one of ours may tell of the same deploy, each in its own run', () => {
    logs('a', 'one');
    rig.deploys.logs('default', { ...logsOf([1]), logs: [line(1, { message: 'ours' })] });
    logs('b', 'two');
    expect(runs().map(({ number, lastSeq }) => [number, lastSeq])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });
});
