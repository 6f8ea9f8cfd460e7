import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { buildFleetContext } from '../../../src/app/fleet/build-fleet-context.ts';
import { preparation } from '../../../src/app/fleet/fleet-prepare.ts';
import { exitCodeOf, refusedReport } from '../../../src/app/fleet/fleet-refusal.ts';
import type { FleetRun } from '../../../src/app/fleet/fleet-task.ts';
import { chooseWays } from '../../../src/app/fleet/fleet-ways.ts';
import type { World } from '../../../src/app/machine/machine-context.ts';
import { readFleetSettings } from '../../../src/fleet/fleet-settings.ts';
import { createTargets } from '../../../src/fleet/targets/all-targets.ts';
import { siteOf } from '../../support/machine/site.ts';

const TASK: FleetRun = {
  ...{ kind: 'run', operation: 'update', publish: true, way: null, replaces: null, force: false },
  ...{ undo: null, dates: false },
};
const worldOf = (env: Record<string, string>): World => ({ env, name: 'config-update', defaultAppRoot: '/' });

describe('what comes before the index is read', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'before-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
  });
  const prepare = (signal: AbortSignal) => {
    const world = worldOf({ PATH: process.env['PATH'] ?? '', FLEET_BEFORE: 'tee -a ran' });
    const site = { ...siteOf('local'), appRoot: home, dbDir: home };
    const told: string[] = [];
    const report = (event: { type: string; message?: string }) => void told.push(event.message ?? event.type);
    const prepared = preparation({ world, task: TASK, report, unexpected: () => {} }, site);
    return { told, prepared: () => prepared(signal) };
  };

  it('is done once, even if two targets wait for it', async () => {
    const { told, prepared } = prepare(new AbortController().signal);
    await Promise.all([prepared(), prepared()]);
    await prepared();
    expect(told).toEqual(['Running tee -a ran (FLEET_BEFORE)']);
    expect(readFileSync(join(home, 'ran'), 'utf8')).toBe('');
  });

  it('ends a run that was stopped meanwhile', async () => {
    await expect(prepare(AbortSignal.abort()).prepared()).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it('what comes before is done before the index is sent to machines, too', async () => {
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', FLEET_BEFORE: 'false', RAILS_DB_VOLUME: '/nowhere', APP_ROOT: '/' },
    UPDATE_CONFIG_KEY: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  };
  const settings = readFleetSettings({ FLEET_KAMAL_URL: 'https://kamal.example/u' });
  const [target] = createTargets('kamal', settings);
  if (!target) throw new Error('there is no target');
  const { context } = await buildFleetContext({
    ...{ world: worldOf(env), task: TASK, chosen: [{ target, isPushed: true }], settings },
    ...{
      credentials: new Map(),
      run: 'r',
      by: 'ada',
      report: () => {},
      unexpected: () => {},
      later: () => {},
    },
  });
  await expect(context.publish(new AbortController().signal)).rejects.toMatchObject({
    code: 'command-failed',
  });
});

it('a run that others were faster than each time ends as one that they were faster than', () => {
  const error = { code: 'changed-elsewhere', message: 'm', hint: 'h' } as const;
  const report = refusedReport(worldOf({}), { run: 'r', target: 'fly', operation: 'update' }, new Error('m'));
  expect([exitCodeOf({ ...report, error }), exitCodeOf(report)]).toEqual([4, 1]);
});

describe('a host without a key', () => {
  const ways = (env: Record<string, string>) => {
    const targets = createTargets('kamal', readFleetSettings({ FLEET_KAMAL_URL: 'https://kamal.example/u' }));
    return chooseWays(targets, TASK, worldOf(env)).map(({ isPushed }) => isPushed);
  };

  it('lets the server use what it has where no store is set up, and sends nothing where one is half set up', () => {
    expect(ways({})).toEqual([false]);
    expect(() => ways({ AWS_ACCESS_KEY_ID: 'a' })).toThrow(
      expect.objectContaining({ code: 'config-invalid', message: expect.stringContaining('no key') }),
    );
  });
});
