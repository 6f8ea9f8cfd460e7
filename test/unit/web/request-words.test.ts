import { describe, expect, it } from 'vitest';
import { DEPLOYMENT } from '../../../src/runs/run-model.ts';
import { updatingPercent } from '../../../src/web/request/request-status.ts';
import { machine, report } from '../../support/runs/played-update.ts';
import { fleetEvents } from '../../support/web/fleet-events.ts';
import { CHANGE, FAILED, PROBLEM, RUN, stand } from '../../support/web/played-status.ts';

describe('the words about a request', () => {
  it('follow a run from its beginning to its end, and the bar never goes back', () => {
    const events = fleetEvents(report({ machines: [machine('m1'), machine('m2')] }));
    const seen = events.map((_, at) => stand({}, { events: events.slice(0, at + 1) }));
    const percents = seen.map(({ percent }) => percent ?? -1);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect([...new Set(seen.map(({ detail }) => detail))]).toEqual([
      'The update begins.',
      'The index goes to the store.',
      'Asking which machines are running.',
      '0 of 2 machines have it.',
      '1 of 2 machines has it.',
      '2 of 2 machines have it.',
    ]);
    expect(percents.at(-1)).toBeLessThan(stand({ state: 'checking' }).percent ?? 0);
  });

  it('name each machine with how it stands, also those that sleep', () => {
    const events = fleetEvents(
      report({
        machines: [machine('m1'), machine('m2', { outcome: 'failed', error: PROBLEM })],
        skipped: [{ id: 'm3', region: 'ams', state: 'suspended' }],
      }),
    );
    expect(stand({}, { events }).machines).toMatchObject([
      { name: 'm1', region: 'iad', tone: 'good', state: 'Has it' },
      { name: 'm2', tone: 'bad', state: 'Failed', detail: 'm2 failed' },
      {
        name: 'm3',
        region: 'ams',
        tone: 'none',
        state: 'Sleeps',
        detail: expect.stringContaining('suspended'),
      },
    ]);
  });

  it('take the machines from the report where the events are forgotten', () => {
    const run = { ...RUN, state: 'done', report: report({ machines: [machine('m1')] }) } as const;
    expect(stand({ state: 'live' }, { run }).machines).toMatchObject([{ name: 'm1', state: 'Has it' }]);
  });

  it('tell which address is asked', () => {
    const { detail, kind, address } = stand({ state: 'checking' });
    expect(detail).toContain('Asking https://smooth.example/showcase/2027/boston/gala whether it answers.');
    expect({ kind, address }).toEqual({ kind: 'moving', address: null });
  });

  it('give the address only once it has answered', () => {
    const live = {
      url: 'https://smooth.example/x',
      result: {
        isLive: true,
        reason: 'it answers 401',
        status: 401,
        revision: null,
        at: CHANGE.at,
        tries: 1,
      },
    };
    expect(stand({ state: 'live', live })).toMatchObject({
      kind: 'live',
      title: 'The event is live',
      detail: 'https://smooth.example/x answers.',
      percent: 100,
      address: 'https://smooth.example/x',
    });
  });

  it('say that a run waits behind another one', () => {
    const run = { ...RUN, state: 'waiting', beganAt: null } as const;
    expect(stand({}, { run, isBehind: true }).detail).toContain('Another update is under way');
    expect(stand({}, { run }).detail).toBe('The update begins in a moment.');
  });

  it('say what failed while it is tried again, and that it is', () => {
    const run = { ...RUN, state: 'waiting', attempt: 2, beganAt: null } as const;
    const status = stand({}, { run, before: FAILED });
    expect(status).toMatchObject({ kind: 'moving', problem: { message: 'm2 does not answer' } });
    expect(status.next).toBe('It is tried again by itself.');
  });

  it('say of a failure what is saved, what failed, and what happens next', () => {
    expect(stand({ state: 'failed', problem: PROBLEM })).toMatchObject({
      kind: 'failed',
      title: 'The event is saved, but not live',
      problem: { message: 'm2 failed' },
      next: expect.stringContaining('Try again'),
    });
  });

  it('do not promise that trying again helps where another host has published', () => {
    const problem = { ...PROBLEM, code: 'changed-elsewhere' } as const;
    expect(stand({ state: 'failed', problem }).next).toContain('an administrator has to decide');
  });

  it('say of one that is live for some machines only which ones are not', () => {
    expect(stand({ state: 'live', problem: PROBLEM })).toMatchObject({
      kind: 'live',
      problem: { message: 'm2 failed' },
      next: expect.stringContaining('do not have it yet'),
    });
  });

  it.each([
    ['live', 'The event is gone everywhere', 'No machine has it any more.'],
    ['pending', 'The event is deleted here, and machines still have it', 'The machines get it with'],
    ['failed', 'The event is deleted here, but machines still have it', 'It need not be deleted again.'],
    ['dropped', 'The event was not deleted', 'The index did not take it. Do it again.'],
  ] as const)('fit an event that was deleted, and is %s', (state, title, detail) => {
    const said = stand({ state, action: 'delete', live: null });
    expect(said.title).toBe(title);
    expect(said.detail).toContain(detail);
  });

  it.each([
    [[machine('m1')], '1 of 1 machine has it.'],
    [[machine('m1', { outcome: 'failed', error: PROBLEM })], '0 of 1 machine has it, 1 failed.'],
    [[machine('m1'), machine('m2')], '2 of 2 machines have it.'],
  ])('count machines as people do (%#)', (machines, words) => {
    expect(stand({}, { events: fleetEvents(report({ machines })) }).detail).toBe(words);
  });

  it('do not count machines that nobody knows of', () => {
    expect(stand({ state: 'checking' }).detail).toBe(`Asking ${CHANGE.live?.url} whether it answers.`);
  });

  it('say of an event whose address cannot be asked why not', () => {
    expect(stand({ state: 'live', live: null, target: 'fly,kamal' })).toMatchObject({
      title: 'The event is live',
      detail: expect.stringContaining(
        'nobody has said where events are seen (PUBLIC_URL_FLY, PUBLIC_URL_KAMAL)',
      ),
      address: null,
    });
  });

  it.each([
    ['asked', 'The application is being deployed', 'Its log says how far it is.'],
    ['live', 'The application is deployed', 'Its command ended well.'],
    ['failed', 'The deployment failed', 'Its command did not end well.'],
    ['dropped', 'The deployment was taken back', 'Nothing was done.'],
  ] as const)('fit a deployment that is %s', (state, title, detail) => {
    const change = { kind: 'update', action: 'publish', target: DEPLOYMENT, live: null, state } as const;
    expect(stand(change, { run: { ...RUN, target: DEPLOYMENT } })).toMatchObject({ title, detail });
  });

  it('do not lead to an address that was given up since', () => {
    const result = {
      isLive: false,
      reason: 'it answers 404',
      status: 404,
      revision: null,
      at: CHANGE.at,
      tries: 9,
    };
    const live = { url: 'https://smooth.example/x', result };
    expect(stand({ state: 'live', live })).toMatchObject({
      title: 'The event was published',
      detail: expect.stringContaining('changed again since'),
      address: null,
    });
    expect(stand({ state: 'failed', live, problem: PROBLEM }).detail).toContain(
      'does not answer as it should',
    );
  });

  it.each([
    ['waiting', 'tried again by itself'],
    ['failed', 'can try again'],
  ] as const)(
    'say of machines that do not have it, where the run is %s, that it is or can be %s',
    (state, words) => {
      expect(stand({ state: 'live', problem: PROBLEM }, { run: { ...RUN, state } }).next).toContain(words);
    },
  );

  it.each([
    ['password', 'update', 'The password is being published'],
    ['update', 'publish', 'The machines are being updated'],
    ['event', 'delete', 'The event is being removed'],
  ] as const)('fit a change of the kind %s (%s)', (kind, action, title) => {
    expect(stand({ kind, action }).title).toBe(title);
  });

  it.each([
    ['intended', 'moving'],
    ['pending', 'saved'],
    ['dropped', 'dropped'],
  ] as const)('know what a change is that is %s', (state, kind) => {
    expect(stand({ state }, { run: null })).toMatchObject({ kind, address: null });
  });
});

describe('the bar', () => {
  it('goes from 30 to 88 while machines answer, also where there is none', () => {
    expect([
      updatingPercent(0, 0),
      updatingPercent(0, 8),
      updatingPercent(4, 8),
      updatingPercent(8, 8),
    ]).toEqual([30, 30, 59, 88]);
  });
});
