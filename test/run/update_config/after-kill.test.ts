/** What a run that was killed at the worst moment must not spoil for those after it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { Machine } from '../../support/machine/machine.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { standOf } from '../../support/machine/stand.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { killAt } from '../../support/system/strace.ts';

// A test has dozens of runs killed and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const FIRST = makeSampleIndex();
/** Every generated file changes with it. */
const SECOND = altered(
  changeSample(FIRST).index,
  "UPDATE locations SET name = 'Second City', latitude = 41 WHERE id = 2",
);
const EARLIER = new Date('2026-01-02T03:04:05Z');
const LATER = new Date('2026-01-02T03:05:00Z');

useSource();
let published: Published;
let machine: Machine;
beforeAll(async () => {
  published = await startPublished();
});
afterAll(() => published.close());
beforeEach(() => {
  machine = new Machine(published.env);
});
afterEach(() => machine.remove());

async function install(): Promise<void> {
  expect((await machine.post()).result.outcome).toBe('updated');
}

it('an index that a killed run installed does not count as newer than the one published after it', async () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  await published.publish(FIRST, minutesAgo(3));
  await install();
  await published.publish(SECOND, minutesAgo(2));
  // The first time that is set is the index's own.
  expect(await killAt(machine, { name: 'utimensat', nth: 1, text: '' }, {})).toBe(true);
  await published.publish(changeSample(SECOND).index, minutesAgo(1));
  expect((await machine.post()).result).toMatchObject({ outcome: 'updated', index: { source: 'store' } });
});

describe('a rollback', () => {
  beforeEach(async () => {
    await published.publish(FIRST, EARLIER);
    await install();
    await published.publish(SECOND, LATER);
  });

  it('after an update that was killed and completed goes back to before the killed one, and stays there', async () => {
    const before = standOf(machine);
    expect(await killAt(machine, { name: 'rename', nth: 3, text: '' }, {})).toBe(true);
    await install();
    expect((await machine.run(['--rollback'])).exitCode).toBe(0);
    expect(standOf(machine)).toEqual(before);
    expect((await machine.post()).result.outcome).toBe('unchanged');
  });

  it('that was killed is completed by another one, not undone', async () => {
    machine.isFromSource = false;
    const before = standOf(machine);
    await install();
    expect(await killAt(machine, { name: 'rename', nth: 3, text: '' }, { args: ['--rollback'] })).toBe(true);
    expect((await machine.run(['--rollback'])).exitCode).toBe(0);
    expect(standOf(machine)).toEqual(before);
    expect((await machine.post()).result.outcome).toBe('unchanged');
  });
});
