import { afterEach, describe, expect, it } from 'vitest';
import { FleetHost } from '../../support/fleet/fleet-host.ts';

interface Told {
  readonly status: string;
  readonly progress: number;
  readonly message: string;
}

const STREAM = 'config_update_index_1';

let host: FleetHost | null = null;
afterEach(async () => {
  await host?.close();
  host = null;
});

/** What somebody who watches a page is told, by what arrived at Navigator's place. */
const told = (fleet: FleetHost): Told[] =>
  fleet.sim.lines.flatMap((line) => {
    const [, stream, data] = /^\S+ broadcast to (\S+): (\{.*\})$/.exec(line) ?? [];
    return stream === STREAM && data !== undefined ? [JSON.parse(data) as Told] : [];
  });

async function run(fleet: FleetHost, url = `${fleet.sim.url}/_broadcast`) {
  return await fleet.run(['--broadcast', STREAM, '--broadcast-url', url]);
}

describe('the progress of a run on a page', () => {
  it('goes from the beginning to 100 and never back, by the stages that the page knows', async () => {
    const fleet = await FleetHost.start(['--machines', '8', '--delay', '20'], { real: false });
    host = fleet;
    expect(await run(fleet)).toMatchObject({ exitCode: 0 });
    await fleet.sim.printed((line) => line.includes('"completed"'));
    const all = told(fleet);
    const progress = all.map((one) => one.progress);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress).toEqual(expect.arrayContaining([10, 30, 100]));
    expect(all.at(-1)).toMatchObject({ status: 'completed', progress: 100 });
    expect(all.slice(0, -1).every(({ status }) => status === 'processing')).toBe(true);
    expect(all.filter((one) => one.progress >= 40 && one.progress <= 90).length).toBeGreaterThan(0);
    expect(all.some(({ message }) => message.includes('8'))).toBe(true);
  });

  it('ends with an error when machines failed', async () => {
    const fleet = await FleetHost.start(['--machines', '3', '--delay', '5', '--faults', 'refuse=1'], {
      real: false,
    });
    host = fleet;
    expect(await run(fleet)).toMatchObject({ exitCode: 1 });
    await fleet.sim.printed((line) => line.includes('"error"'));
    expect(told(fleet).at(-1)).toMatchObject({ status: 'error' });
  });

  it('that cannot be delivered does not affect the run', async () => {
    const fleet = await FleetHost.start(['--machines', '2', '--delay', '5'], { real: false });
    host = fleet;
    for (const url of [`${fleet.sim.url}/nowhere`, 'http://127.0.0.1:1/_broadcast']) {
      const { exitCode, stdout } = await run(fleet, url);
      expect(exitCode, stdout).toBe(0);
      expect(stdout).toContain('Successfully updated: 2 machines');
    }
  });
});
