import { utimesSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_ADMINISTRATOR } from '../../../dev/sample/people.ts';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { FleetHost } from '../../support/fleet/fleet-host.ts';
import { standOf } from '../../support/machine/stand.ts';

const CREDENTIALS = {
  FLEET_USER: SAMPLE_ADMINISTRATOR.userid,
  FLEET_PASSWORD: SAMPLE_ADMINISTRATOR.password,
};

let host: FleetHost;
beforeAll(async () => {
  host = await FleetHost.start(['--machines', '2', '--regions', 'iad,syd'], { real: true });
  expect(await host.run()).toMatchObject({ exitCode: 0 });
});
afterAll(() => host.close());
beforeEach(() => host.changeIndex());

const stored = async (): Promise<string | null> => {
  const head = await host.published.store.head('db/index.sqlite3');
  return head.kind === 'found' ? head.object.etag : null;
};
const stands = () => host.machines.map((machine) => standOf(machine));

describe('a dry run', () => {
  it('changes nothing in the store and on no machine, and names what it would publish', async () => {
    const before = [await stored(), stands()];
    const { exitCode, report } = await host.report(['--dry-run'], CREDENTIALS);
    expect(exitCode, JSON.stringify(report)).toBe(0);
    expect(report).toMatchObject({ outcome: 'done', publish: { kind: 'would-publish' } });
    expect(report.machines.map(({ outcome }) => outcome)).toEqual(Array(2).fill('dry-run'));
    expect(report.machines.map(({ detail }) => detail)).toEqual(
      Array(2).fill(
        expect.stringMatching(/^would get the new index, and reload \(the one it finds now: 0 of 6 /),
      ),
    );
    expect(report.publish).toMatchObject({
      replaces: { etag: before[0], by: expect.stringContaining('@') },
      differences: ['event 2026/boston/tea-dance: added', 'user studio1: removed'],
    });
    expect([await stored(), stands()]).toEqual(before);

    expect(await host.report()).toMatchObject({ exitCode: 0 });
    expect(await stored()).toBe(report.publish?.kind === 'would-publish' ? report.publish.index.etag : null);
  });

  it('fails where the machines do not know the administrator', async () => {
    const wrong = { ...CREDENTIALS, FLEET_PASSWORD: 'not-the-password' };
    const { exitCode, stdout, report } = await host.report(['--dry-run'], wrong);
    expect(exitCode).toBe(1);
    expect(report.machines.map(({ attempts, error }) => [attempts, error?.message])).toEqual(
      Array(2).fill([1, expect.stringContaining('status 401')]),
    );
    expect(stdout).not.toContain('not-the-password');
  });
});

describe('a verification', () => {
  it('finds the machine whose index was changed by hand, and changes nothing', async () => {
    expect(await host.run()).toMatchObject({ exitCode: 0 });
    const [odd] = host.machines;
    if (!odd) return expect.unreachable('no machine');
    const good = standOf(odd);
    const path = odd.path('index.sqlite3');
    writeFileSync(path, makeSampleIndex({ events: 30, studios: 20 }));
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    const before = [await stored(), stands()];

    const { exitCode, report } = await host.report(['--verify']);
    expect(exitCode).toBe(1);
    expect(Object.fromEntries(report.machines.map((one) => [one.machine.id, one.outcome]))).toEqual(
      Object.fromEntries(host.machines.map(({ id }) => [id, id === odd.id ? 'differs' : 'same'])),
    );
    expect([await stored(), stands()]).toEqual(before);

    // What the store has is what holds on a machine; an index that somebody has left there by hand is kept beside it.
    expect(await host.run()).toMatchObject({ exitCode: 0 });
    expect(standOf(odd)).toEqual(good);
    expect(await host.run(['--verify'])).toMatchObject({ exitCode: 0 });
  });
});

describe('a run without publishing', () => {
  it('updates the machines to what the store has, and leaves this host’s index for later', async () => {
    expect(await host.run()).toMatchObject({ exitCode: 0 });
    const before = await stored();
    host.changeIndex();
    const { exitCode, report } = await host.report(['--no-publish']);
    expect(exitCode, JSON.stringify(report)).toBe(0);
    expect(report.machines.map(({ etag }) => etag)).toEqual([before, before]);
    expect(await stored()).toBe(before);
  });
});

describe('the one server of --target kamal', () => {
  it('is updated without a header that names a machine', async () => {
    const asked = async () => Object.values((await host.sim.status()).asked).reduce((a, b) => a + b, 0);
    const before = await asked();
    const { exitCode, report } = await host.report(['--target', 'kamal', '--publish']);
    expect(exitCode, JSON.stringify(report)).toBe(0);
    expect(report).toMatchObject({ target: 'kamal', machines: [{ outcome: 'updated', attempts: 1 }] });
    expect(await asked()).toBe(before + 1);
  });
});

describe('a fleet without a started machine', () => {
  it('leaves only the publication: exit code 3', async () => {
    const asleep = await FleetHost.start(
      ['--machines', '2', '--states', 'suspended=1,created=1', '--workers', '1'],
      { real: false },
    );
    try {
      const { exitCode, stdout } = await asleep.run();
      expect(exitCode, stdout).toBe(3);
      for (const { id, group } of asleep.sim.machines)
        if (group === 'app') expect(stdout).toContain(`  - ${id} (`);
      const head = await asleep.published.store.head('db/index.sqlite3');
      expect(head.kind).toBe('found');
    } finally {
      await asleep.close();
    }
  });
});

describe('the history', () => {
  it('holds every update, the failed ones and those of --target kamal too', async () => {
    await host.sim.setFaults('refuse=1');
    expect(await host.run()).toMatchObject({ exitCode: 1 });
    await host.sim.setFaults('');
    const { exitCode, stdout } = await host.run(['--history']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/kamal/);
    expect(stdout).toMatch(/failed/);
    expect(stdout).toMatch(/\S+@\S+/);
  });
});
