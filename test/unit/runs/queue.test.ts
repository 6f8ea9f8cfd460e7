import { constants, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRunsFileBeside } from '../../../src/runs/runs-file.ts';
import { newChange } from '../../support/runs/parts.ts';
import { Rig } from '../../support/runs/rig.ts';

const { O_NONBLOCK, O_WRONLY } = constants;

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig.close());

describe('a change', () => {
  it('is live after the run that it asked for, which names who asked', async () => {
    rig.runs.start();
    const id = rig.save('one');
    const change = await rig.reaches(id, 'live');
    expect(rig.runs.run(change.run ?? '')).toMatchObject({
      state: 'done',
      attempt: 1,
      trigger: 'request',
      by: 'ann',
      exitCode: 0,
      report: { outcome: 'done' },
      error: null,
    });
    expect(rig.played.starts).toEqual(['ann --events --target fly']);
    expect([...rig.played.published]).toEqual(['one']);
    expect(rig.problems).toEqual([]);
  });

  it('that is not to be published stays pending until somebody updates the machines', async () => {
    rig.runs.start();
    const id = rig.save('one', {}, false);
    expect(rig.change(id)).toMatchObject({ state: 'pending', run: null });
    const update = rig.runs.publish('bob', 'administrator');
    const { run } = rig.change(update);
    expect(rig.change(id)).toMatchObject({ state: 'asked', run });
    expect(rig.change(update)).toMatchObject({ kind: 'update', action: 'publish', subject: 'all machines' });
    await rig.reaches(id, 'live');
    await rig.reaches(update, 'live');
    expect(rig.played.starts).toEqual(['bob --events --target fly']);
  });

  it('that the index does not have is dropped, and starts nothing', async () => {
    rig.runs.start();
    const id = rig.runs.intend(newChange('one'));
    rig.runs.drop(id);
    rig.runs.saved(id, { publish: true });
    expect(rig.change(id)).toMatchObject({ state: 'dropped', run: null });
    expect(rig.states).toEqual([]);
  });

  it.each([
    ['is published if the index has it', true, 'live'],
    ['is dropped if the index does not have it', false, 'dropped'],
  ] as const)('of which nobody knows whether the index has it %s', async (_, isIn, state) => {
    rig.runs.start();
    const id = rig.runs.intend(newChange('one'));
    if (isIn) rig.played.put('one');
    rig.runs.doubt(id);
    await rig.reaches(id, state);
    expect(rig.problems).toEqual([]);
  });

  it('of which nobody knows is looked for until the index can be read', async () => {
    await rig.runs.close();
    let tries = 0;
    rig.open({
      isInIndex: () => {
        tries += 1;
        if (tries < 4) throw new Error('the index is not there');
        return true;
      },
    });
    rig.runs.start();
    const id = rig.runs.intend(newChange('one'));
    rig.runs.doubt(id);
    await rig.reaches(id, 'live');
    expect(tries).toBe(4);
  });

  it('says what it was made of, as it was saved at last', () => {
    const id = rig.runs.intend(newChange('one', { studio: 'boston', after: { name: 'A' } }));
    rig.runs.saved(id, { publish: false, after: { name: 'A', key: 'a' }, live: { url: 'https://x/a/' } });
    expect(rig.change(id)).toMatchObject({
      before: null,
      after: { name: 'A', key: 'a' },
      live: { url: 'https://x/a/' },
      studio: 'boston',
    });
  });
});

describe('the queue', () => {
  it('needs two runs at most for fifty changes at once', async () => {
    rig.runs.start();
    const ids = Array.from({ length: 50 }, (_, at) => rig.save(`e${at}`));
    for (const id of ids) await rig.reaches(id, 'live');
    expect(rig.played.starts.length).toBeLessThanOrEqual(2);
    expect(rig.played.published.size).toBe(50);
  });

  it('serves changes that come while a run is under way by one more run, which begins after it', async () => {
    rig.played.hold();
    rig.runs.start();
    const first = rig.save('first');
    await expect.poll(() => rig.played.starts.length).toBe(1);
    const later = Array.from({ length: 50 }, (_, at) => rig.save(`e${at}`));
    expect(new Set(later.map((id) => rig.change(id).run)).size).toBe(1);
    expect(rig.change(first).run).not.toBe(rig.change(later[0] ?? '').run);
    await rig.played.letGo();
    await rig.reaches(first, 'live');
    expect(rig.change(later[0] ?? '').state).toBe('asked');
    await rig.played.letGo();
    for (const id of later) await rig.reaches(id, 'live');
    expect(rig.played.starts).toHaveLength(2);
    expect(rig.played.published.size).toBe(51);
  });

  it('begins nothing before it is started', async () => {
    const id = rig.save('one');
    expect(rig.states).toEqual(['waiting']);
    rig.runs.start();
    await rig.reaches(id, 'live');
  });

  it('runs two targets at the same time, and keeps their changes apart', async () => {
    rig.played.hold();
    rig.runs.start();
    const fly = rig.save('one');
    const kamal = rig.save('two', { target: 'kamal' });
    await rig.has('running', 2);
    await rig.played.letGo();
    await rig.played.letGo();
    await rig.reaches(fly, 'live');
    await rig.reaches(kamal, 'live');
    expect(rig.played.starts.toSorted()).toEqual([
      'ann --events --target fly',
      'ann --events --target kamal',
    ]);
  });

  it('never runs two targets at once that have machines in common, and passes nobody by', async () => {
    rig.played.hold();
    rig.runs.start();
    const ids = [rig.save('one')];
    await rig.has('running', 1);
    ids.push(rig.save('two', { target: 'fly,kamal' }));
    ids.push(rig.save('three', { target: 'kamal' }));
    expect(rig.states).toEqual(['running', 'waiting', 'waiting']);
    for (const [at, id] of ids.entries()) {
      await rig.played.letGo();
      await rig.reaches(id, 'live');
      expect(rig.played.published.size).toBeGreaterThan(at);
    }
    expect(rig.played.starts.map((start) => start.split(' ').at(-1))).toEqual(['fly', 'fly,kamal', 'kamal']);
  });

  it('takes back a run that waits, whose changes are pending then, and no other', async () => {
    rig.played.hold();
    rig.runs.start();
    const first = rig.save('first');
    await rig.has('running', 1);
    const later = rig.save('later');
    const update = rig.runs.publish('bob', 'administrator');
    const [under, waiting] = [rig.change(first).run ?? '', rig.change(later).run ?? ''];
    expect(rig.runs.cancel(under, 'bob')).toBe(false);
    expect(rig.runs.cancel('no such run', 'bob')).toBe(false);
    expect(rig.runs.cancel(waiting, 'bob')).toBe(true);
    expect(rig.runs.cancel(waiting, 'bob')).toBe(false);
    expect(rig.runs.run(waiting)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    expect(rig.change(later)).toMatchObject({ state: 'pending', run: null });
    expect(rig.change(update)).toMatchObject({ state: 'dropped' });
    await rig.played.letGo();
    await rig.reaches(first, 'live');
    expect(rig.played.starts).toHaveLength(1);
  });

  it('ends the run under way when it is closed, and does it once more after the next start', async () => {
    rig.played.hold();
    rig.runs.start();
    const id = rig.save('one');
    await rig.has('running', 1);
    await expect.poll(() => rig.played.starts.length).toBe(1);
    const gate = join(rig.played.dir, 'gate-1');
    await expect.poll(() => existsSync(gate)).toBe(true);
    await rig.runs.close();
    expect(() => openSync(gate, O_WRONLY | O_NONBLOCK), 'nobody waits there any more').toThrow('ENXIO');
    rig.played.open();
    rig.open().start();
    const change = await rig.reaches(id, 'live');
    expect(rig.states).toEqual(['interrupted', 'done']);
    expect(rig.runs.run(change.run ?? '')).toMatchObject({ attempt: 2, trigger: 'retry' });
    const [, interrupted] = rig.runs.runs().rows;
    expect(interrupted).toMatchObject({
      next: change.run,
      error: { message: expect.stringContaining('server ended') },
    });
  });

  it('does not wait for a time that a clock was set back from', async () => {
    const id = rig.save('one');
    const db = openRunsFileBeside(join(rig.home, 'state'));
    db.prepare('UPDATE runs SET not_before = ?').run(Date.now() + 86_400_000);
    db.close();
    rig.runs.start();
    await rig.reaches(id, 'live');
  });

  it('belongs to one process at a time', () => {
    expect(() => new Rig({ stateDir: `${rig.home}/state` })).toThrow(
      expect.objectContaining({ code: 'busy', message: expect.stringContaining('another process') }),
    );
  });
});
