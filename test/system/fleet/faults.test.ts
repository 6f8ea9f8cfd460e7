import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import { FleetHost } from '../../support/fleet/fleet-host.ts';
import { standOf } from '../../support/machine/stand.ts';
import { type FaultProxy, startFaultProxy } from '../../support/store/fault-proxy.ts';

// Eight machines answer with a real CGI each.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** Those that no number of attempts cures. */
const FATAL = 'fail refuse busy hang truncate wrong-etag wrong-machine no-result die'.split(' ');
/** A second attempt follows, and soon. */
const ENOUGH = { FLEET_ATTEMPTS: '2' };

let host: FleetHost | null = null;
afterEach(async () => {
  await host?.close();
  host = null;
});

const outcomes = ({ machines }: FleetReport) =>
  Object.fromEntries(machines.map(({ machine, outcome }) => [machine.id, outcome]));
const idsOf = (fleet: FleetHost, faults: readonly string[]) =>
  fleet.sim.machines.filter(({ fault }) => faults.includes(fault)).map(({ id }) => id);

describe('machines with every kind of fault at once', () => {
  it('are named and asked again where that may help, and no others; once they are well, the next run completes', async () => {
    const faults = ['slow', ...FATAL].map((kind) => `${kind}=1`).join(',');
    host = await FleetHost.start(['--machines', '16', '--delay', '20', '--slow', '300', '--faults', faults], {
      real: false,
    });
    const faulty = idsOf(host, FATAL);
    expect(faulty).toHaveLength(FATAL.length);

    const { exitCode, stdout } = await host.run(['--timeout', '8'], ENOUGH);
    expect(exitCode, stdout).toBe(1);
    const failed = [...stdout.matchAll(/^ {2}([0-9a-f]{14})\.\.\. ✗ Failed/gm)].map(([, id]) => id);
    const well = [...stdout.matchAll(/^ {2}([0-9a-f]{14})\.\.\. ✓ Success$/gm)].map(([, id]) => id);
    expect(failed.sort()).toEqual([...faulty].sort());
    expect(well).toHaveLength(16 - faulty.length);
    expect(stdout).toContain(`Successfully updated: ${16 - faulty.length} machines\n`);
    expect(stdout).toContain(`Failed updates: ${faulty.length} machines\n`);
    const summary = stdout.slice(stdout.indexOf('Summary:'));
    for (const id of faulty) expect(summary).toContain(id);
    // They are asked again only where that may help; for one that has died the proxy answers the second time.
    const { asked } = await host.sim.status();
    const once = ['', 'slow', 'refuse', 'die'];
    expect(Object.fromEntries(host.sim.machines.map(({ id }) => [id, asked[id]]))).toEqual(
      Object.fromEntries(host.sim.machines.map(({ id, fault }) => [id, once.includes(fault) ? 1 : 2])),
    );

    await host.sim.setFaults('');
    const [dead = ''] = idsOf(host, ['die']);
    await host.sim.api(`/${dead}/start`, { method: 'POST' });
    const next = await host.report();
    expect(next.exitCode).toBe(0);
    expect(Object.values(outcomes(next.report)).filter((outcome) => outcome === 'failed')).toEqual([]);
    expect(next.report.machines).toHaveLength(16);
  });
});

describe('machines whose fault is over at the second attempt', () => {
  it('are updated, including one that saw an older object first', async () => {
    const passing = FATAL.filter((kind) => kind !== 'refuse');
    const faults = passing.map((kind) => `${kind}-once=1`).join(',');
    host = await FleetHost.start(['--machines', '10', '--delay', '5', '--faults', faults], { real: false });
    const { exitCode, report } = await host.report(['--timeout', '8']);
    expect(exitCode, JSON.stringify(report)).toBe(0);
    const attempts = report.machines.map(({ machine, attempts: count }) => [machine.id, count]);
    expect(Object.fromEntries(attempts)).toEqual(
      Object.fromEntries(host.sim.machines.map(({ id, fault }) => [id, fault === '' ? 1 : 2])),
    );
  });
});

describe('machines with a real CGI', () => {
  it('that are shown the older index first are asked again, until they have the published one', async () => {
    const proxies: FaultProxy[] = [];
    try {
      host = await FleetHost.start(['--machines', '3'], {
        real: true,
        between: async (endpoint) => {
          proxies.push(await startFaultProxy(endpoint));
          return proxies[0]?.endpoint ?? '';
        },
      });
      expect(await host.run()).toMatchObject({ exitCode: 0 });
      host.changeIndex();
      let stale = 0;
      // A store that is not yet the same everywhere: what the machine has is what there is.
      proxies[0]?.plan(({ headers }) => {
        const etag = headers['if-none-match'];
        if (etag === undefined || ++stale > 2) return undefined;
        return { kind: 'answer', status: 304, headers: { etag } };
      });
      const { exitCode, report } = await host.report();
      expect(exitCode, JSON.stringify(report)).toBe(0);
      expect(stale).toBeGreaterThanOrEqual(2);
      expect(report.machines.map(({ outcome }) => outcome)).toEqual(['updated', 'updated', 'updated']);
      expect(report.machines.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(5);
    } finally {
      for (const proxy of proxies) await proxy.close();
    }
  });

  it('install what they can, whatever goes wrong with their answers, and the next run completes', async () => {
    const faults = 'truncate=1,wrong-etag=1,wrong-machine=1,die=1,fail=1';
    host = await FleetHost.start(['--machines', '6', '--faults', faults], { real: true });
    const first = await host.report([], ENOUGH);
    expect(first.exitCode).toBe(1);
    expect(Object.values(outcomes(first.report)).filter((outcome) => outcome === 'updated')).toHaveLength(1);
    const stands = () =>
      Object.fromEntries((host?.machines ?? []).map((machine) => [machine.id, standOf(machine)]));
    const [failing = ''] = idsOf(host, ['fail']);
    const before = stands();
    expect(before[failing]?.['navigator.yml']).toBe(null);
    for (const id of idsOf(host, ['truncate', 'wrong-etag', 'wrong-machine']))
      expect(before[id]?.['navigator.yml']).not.toBe(null);

    await host.sim.setFaults('');
    await host.sim.api(`/${idsOf(host, ['die'])[0]}/start`, { method: 'POST' });
    await host.sim.printed((line) => line.includes('now started'));
    expect((await host.run()).exitCode).toBe(0);
    const contents = Object.values(stands()).map((stand) => stand['index.sqlite3']);
    expect(new Set(contents).size).toBe(1);
    expect(contents[0]).not.toMatch(/damaged/);
  });
});
