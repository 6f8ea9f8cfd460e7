import { expect, it } from 'vitest';
import { LiveFleet } from '../../../src/fleet-view/fleet-live.ts';
import { doneOf, failedOf, fleetRun } from '../../support/report/fleet-events.ts';
import { told } from '../../support/report/results.ts';
import { TerminalScreen } from '../../support/system/screen.ts';

it('a live list of several targets names the target of each machine, even if two have the same name', () => {
  const of = (target: string, outcome: ReturnType<typeof doneOf>) => ({
    ...outcome,
    machine: { ...outcome.machine, target },
  });
  const outcomes = [of('fly', doneOf('m1', 1000)), of('kamal', failedOf('m1', 2000))];
  const screen = new TerminalScreen(120);
  const size = () => ({ columns: 120, rows: 24 });
  const fleet = new LiveFleet(
    { write: (text) => screen.write(text), size, color: false },
    { verbose: false },
  );
  const events = fleetRun(outcomes);
  for (const event of events.slice(0, -1)) fleet.report(told(event, new Date(0).toISOString()));
  fleet.tick(5000);
  expect(screen.lines.join('\n')).toMatch(/✓ fly m1 .* updated\n✗ kamal m1 .* status 500\n\[█+\] 2\/2/);
  for (const event of events.slice(-1)) fleet.report(told(event, new Date(0).toISOString()));
  expect(screen.lines.join('\n')).toMatch(/target +machine[^\n]*\nfly +m1 [^\n]*\nkamal +m1 /);
  expect(screen.lines.join('\n')).toContain('\n  kamal m1: status 500\n');
});
