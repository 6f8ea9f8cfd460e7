import { describe, expect, it } from 'vitest';
import { renderFrame } from '../../../src/fleet-view/fleet-frame.ts';
import { FleetProgress } from '../../../src/fleet-view/fleet-progress.ts';
import type { Machine } from '../../../src/report/fleet-results.ts';
import { doneOf, failedOf, fleetRun } from '../../support/report/fleet-events.ts';
import { told } from '../../support/report/results.ts';

const MACHINES = 10_000;
const VIEW = { columns: 120, rows: 40, now: 0, color: false };

/** A fleet of which some are done and one has failed; counts how often the name of a machine is read. */
function largeFleet(): { progress: FleetProgress; reads: () => number } {
  let reads = 0;
  const counting = (machine: Machine): Machine => ({
    ...machine,
    get id() {
      reads += 1;
      return machine.id;
    },
  });
  const outcomes = Array.from({ length: MACHINES }, (_, at) => {
    const outcome = at === 5000 ? failedOf(`m${at}`, 10) : doneOf(`m${at}`, 10);
    return { ...outcome, machine: counting(outcome.machine) };
  });
  const progress = new FleetProgress();
  let left = 6000;
  for (const event of fleetRun(outcomes)) {
    progress.apply(told(event, new Date(0).toISOString()));
    if (event.type === 'item' && event.kind === 'machine' && event.phase === 'done') left -= 1;
    if (left === 0) break;
  }
  return { progress, reads: () => reads };
}

describe('the live list of a large fleet', () => {
  it('looks at the machines that it shows and at no others', () => {
    const { progress, reads } = largeFleet();
    const before = reads();
    for (let at = 0; at < 10; at++) renderFrame(progress, VIEW);
    expect(reads() - before).toBeLessThanOrEqual(10 * 2 * VIEW.rows);
  });

  it('shows who has failed, and counts the others', () => {
    const { progress } = largeFleet();
    const lines = renderFrame(progress, VIEW);
    expect(lines[0]).toMatch(/^✗ m5000 /);
    expect(lines.at(-2)).toBe('    and 9964 more: 3965 asking, 5999 updated');
    expect(lines.at(-1)).toContain('6000/10000');
    expect(lines.length).toBeLessThan(VIEW.rows);
  });
});
