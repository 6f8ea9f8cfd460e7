import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { oldNode } from '../../support/build/old-node.ts';
import { FleetSimProcess, resultOf } from '../../support/fleet/fleet-sim.ts';
import { EXECUTABLE } from '../../support/machine/machine.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';

let published: Published;
let etag: string;
const home = mkdtempSync(join(tmpdir(), 'fleet-sim-real-'));
let sim: FleetSimProcess | null = null;

beforeAll(async () => {
  published = await startPublished();
  etag = await published.publish(makeSampleIndex(), new Date('2026-01-02T03:04:05Z'));
});
afterEach(async () => {
  await sim?.stop();
  sim = null;
});
afterAll(async () => {
  await published.close();
  rmSync(home, { recursive: true });
});

const start = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  sim = await FleetSimProcess.start(args, { ...published.env, ...env });
  return sim;
};
const read = (id: string, path: string) => readFileSync(join(home, id, path), 'utf8');

/** Has what it is told written into a file next to it, and does as it is told. */
function script(name: string, body: string): string {
  const path = join(home, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

describe('a played machine with the real CGI', () => {
  it('installs the configuration of its own region in directories of its own', async () => {
    const fleet = await start(
      ['--machines', '2', '--regions', 'iad,syd', '--cgi', EXECUTABLE, '--home', home],
      // None of these may reach a machine, nor a Node that is too old for its CGI.
      {
        ...{
          APP_ROOT: '/nowhere',
          RAILS_DB_VOLUME: '/nowhere',
          KAMAL_CONTAINER_NAME: 'x',
          FLY_REGION: 'nrt',
        },
        PATH: `${oldNode(home).path}:/usr/bin:/bin`,
      },
    );
    for (const { id, region } of fleet.machines) {
      const response = await fleet.post(id);
      expect({ status: response.status, ...resultOf(await response.text()) }).toMatchObject({
        status: 200,
        outcome: 'updated',
        machine: id,
        region,
        index: { etag },
      });
      expect(read(id, 'rails/config/navigator.yml')).toContain(`/regions/${region}/`);
      expect(readdirSync(join(home, id, 'db'))).toContain('index.sqlite3');
    }
    const [first = '', second = ''] = fleet.machines.map(({ id }) => read(id, 'rails/config/navigator.yml'));
    expect(first).not.toBe(second);
  });

  it('does its work, whatever is wrong with its answer', async () => {
    const faults = 'wrong-etag=1,wrong-machine=1,truncate=1';
    const args = ['--machines', '3', '--seed', '2', '--faults', faults, '--cgi', EXECUTABLE, '--home', home];
    const fleet = await start(args);
    const wrong = resultOf(await (await fleet.post(fleet.faulty('wrong-etag').id)).text());
    expect(wrong).toMatchObject({ outcome: 'updated', index: { source: 'store' } });
    expect(wrong['index']).not.toMatchObject({ etag });
    const other = resultOf(await (await fleet.post(fleet.faulty('wrong-machine').id)).text());
    expect(other).toMatchObject({ outcome: 'updated', index: { etag }, machine: '0'.repeat(14) });
    await expect((await fleet.post(fleet.faulty('truncate').id)).text()).rejects.toThrow();
    for (const { id } of fleet.machines) expect(read(id, 'rails/config/navigator.yml')).toMatch(/^auth:/m);
  });

  it('gets the CGI variables that Navigator sets', async () => {
    const path = script('tell', 'env >"$APP_ROOT/told"; printf "Status: 418 Teapot\\r\\n\\r\\n"; cat');
    const fleet = await start(['--machines', '1', '--app', 'rough', '--cgi', path, '--home', home]);
    const { id = '', region } = fleet.machines[0] ?? {};
    const response = await fleet.post(id, '?dry_run=1', { body: 'a body', headers: { Accept: 'x/y' } });
    expect([response.status, await response.text()]).toEqual([418, 'a body']);
    const told = Object.fromEntries(
      read(id, 'rails/told')
        .split('\n')
        .map((line) => line.split(/=(.*)/s)),
    );
    expect(told).toMatchObject({
      FLY_APP_NAME: 'rough',
      FLY_REGION: region,
      FLY_MACHINE_ID: id,
      FLY_PROCESS_GROUP: 'app',
      APP_ROOT: join(home, id, 'rails'),
      RAILS_DB_VOLUME: join(home, id, 'db'),
      REQUEST_METHOD: 'POST',
      QUERY_STRING: 'dry_run=1',
      CONTENT_LENGTH: '6',
      HTTP_ACCEPT: 'x/y',
      HTTP_FLY_FORCE_INSTANCE_ID: id,
      REMOTE_ADDR: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
  });

  it('runs its resume hook before it serves again', async () => {
    const resume = script('resume', 'touch "$RAILS_DB_VOLUME/resumed"');
    const fleet = await start([
      '--machines',
      '1',
      '--states',
      'suspended=1',
      '--cgi',
      EXECUTABLE,
      '--home',
      home,
      '--resume',
      resume,
    ]);
    const { id = '' } = fleet.machines[0] ?? {};
    expect((await fleet.post(id)).status).toBe(503);
    await fleet.api(`/${id}/start`, { method: 'POST' });
    expect(await fleet.printed((line) => line.includes('now started'))).toContain('hook ended with 0');
    expect(existsSync(join(home, id, 'db/resumed'))).toBe(true);
    expect((await fleet.post(id)).status).toBe(200);
  });
});

describe('the processes of played machines', () => {
  /** Says its process id, and never ends. */
  const endless = () => script('endless', 'echo $$ >"$APP_ROOT/pid"; exec sleep 1000');
  const pidOf = async (fleet: FleetSimProcess): Promise<number> => {
    const path = join(home, fleet.machines[0]?.id ?? '', 'rails/pid');
    await expect.poll(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
    return Number(readFileSync(path, 'utf8'));
  };
  const isGone = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };
  const startEndless = async (...args: string[]) => {
    const fleet = await start(['--machines', '1', '--cgi', endless(), '--home', home, ...args]);
    rmSync(join(home, fleet.machines[0]?.id ?? '', 'rails/pid'), { force: true });
    return fleet;
  };

  it('are killed when the client goes away', async () => {
    const fleet = await startEndless();
    const gone = new AbortController();
    const post = fleet.post(null, '', { signal: gone.signal });
    const pid = await pidOf(fleet);
    gone.abort();
    await expect(post).rejects.toThrow();
    await fleet.printed((line) => line.includes('the client went away'));
    expect(isGone(pid)).toBe(true);
  });

  it('are killed when their time is up', async () => {
    const fleet = await startEndless('--timeout', '3');
    await expect(fleet.post(null)).rejects.toThrow();
    expect(isGone(await pidOf(fleet))).toBe(true);
  });

  it('are killed when the machine dies', async () => {
    const fleet = await startEndless('--faults', 'die=1', '--delay', '6000');
    const post = fleet.post(null);
    const pid = await pidOf(fleet);
    await expect(post).rejects.toThrow();
    expect(isGone(pid)).toBe(true);
  });

  it('end with the simulator, and the directories that it made go', async () => {
    const fleet = await start(['--machines', '1', '--cgi', endless()]);
    const said = fleet.lines.find((line) => line.startsWith('Their directories: ')) ?? '';
    const own = /: (\S+)\/<id>\/rails/.exec(said)?.[1] ?? '';
    const post = fleet.post(null).catch(() => null);
    const path = join(own, fleet.machines[0]?.id ?? '', 'rails/pid');
    await expect.poll(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
    const pid = Number(readFileSync(path, 'utf8'));
    expect(await fleet.stop()).toBe(0);
    await post;
    expect({ gone: isGone(pid), there: existsSync(own) }).toEqual({ gone: true, there: false });
  });
});
