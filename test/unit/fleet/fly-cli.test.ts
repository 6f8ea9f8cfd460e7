import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Listing } from '../../../src/fleet/fleet-model.ts';
import { readFleetSettings } from '../../../src/fleet/fleet-settings.ts';
import { createTarget } from '../../../src/fleet/targets/all-targets.ts';
import { CONSOLE, flyMachine, prints, writeProgram } from '../../support/fleet/listings.ts';
import { failureOf } from '../../support/suite/failure.ts';

let home: string;
let bin: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'flyctl-'));
  bin = join(home, 'path');
});
afterEach(() => rmSync(home, { recursive: true }));

function list(env: Record<string, string> = {}, signal = new AbortController().signal): Promise<Listing> {
  const path = `${bin}:${process.env['PATH'] ?? ''}`;
  return createTarget('fly', readFleetSettings({ HOME: home, PATH: path, ...env })).list(signal);
}

const flyctl = (script: string): string => writeProgram(join(bin, 'flyctl'), script);
const machines = (...rows: unknown[]): string => prints(JSON.stringify(rows));

describe('flyctl', () => {
  it('is asked for the machines of the app as JSON', async () => {
    flyctl(`echo "$@" > ${home}/args; ${machines(flyMachine('d1'))}`);
    expect(await list()).toMatchObject({ source: 'flyctl' });
    expect(readFileSync(join(home, 'args'), 'utf8')).toBe('machines list --json --app smooth\n');
    await list({ FLEET_FLY_APP: 'smooth-nav' });
    expect(readFileSync(join(home, 'args'), 'utf8')).toBe('machines list --json --app smooth-nav\n');
  });

  it('is the program that FLY_CLI_PATH names, else ~/bin/flyctl, else flyctl or fly on the PATH', async () => {
    const first = async (env?: Record<string, string>) => (await list(env)).active[0]?.id;
    writeProgram(join(bin, 'fly'), machines(flyMachine('fly')));
    expect(await first()).toBe('fly');
    flyctl(machines(flyMachine('path')));
    expect(await first()).toBe('path');
    writeProgram(join(home, 'bin/flyctl'), machines(flyMachine('home')));
    expect(await first()).toBe('home');
    const named = writeProgram(join(home, 'named'), machines(flyMachine('named')));
    expect(await first({ FLY_CLI_PATH: named })).toBe('named');
  });

  it('gets the environment, but neither the keys of the store nor the password of the caller', async () => {
    flyctl(`env > ${home}/env; ${machines(flyMachine('d1'))}`);
    const hidden = { AWS_SECRET_ACCESS_KEY: 'hidden', UPDATE_CONFIG_TOKEN: 'hidden' };
    const asking = { FLEET_USER: 'ada:hidden', FLEET_PASSWORD: 'hidden' };
    await list({ FLY_ACCESS_TOKEN: 'mine', ...hidden, ...asking });
    const seen = readFileSync(join(home, 'env'), 'utf8');
    expect(seen).toContain('FLY_ACCESS_TOKEN=mine\n');
    expect(seen).not.toContain('hidden');
  });

  it('has a machine that it lists twice, as when it begins to stop, for a started one', async () => {
    for (const states of [
      ['started', 'stopping'],
      ['stopping', 'started'],
    ]) {
      flyctl(machines(...states.map((state) => flyMachine('d1', { state }))));
      const { active, skipped } = await list();
      expect([active.map(({ id }) => id), skipped]).toEqual([['d1'], []]);
    }
  });

  it('lists the started machines as active, and those in any other state as skipped', async () => {
    const states = ['created', 'stopped', 'suspended', 'starting', 'replacing', 'stopping'];
    flyctl(machines(flyMachine('d1'), ...states.map((state) => flyMachine(`d-${state}`, { state }))));
    const { active, skipped } = await list();
    expect(active).toEqual([{ id: 'd1', state: 'started', region: 'iad' }]);
    expect(skipped.map(({ state }) => state)).toEqual(states);
  });

  it('leaves out machines of other process groups, wherever the group is written', async () => {
    flyctl(
      machines(
        flyMachine('d1'),
        flyMachine('d2', CONSOLE),
        flyMachine('d3', { config: { metadata: { process_group: 'worker' } } }),
        flyMachine('d4', { config: { env: { FLY_PROCESS_GROUP: 'worker' } } }),
        flyMachine('d5', { config: null, process_group: 'worker' }),
        flyMachine('d6', { config: undefined, incomplete_config: CONSOLE.config }),
        flyMachine('d7', { config: {} }),
      ),
    );
    const { active, source } = await list();
    expect(active.map(({ id }) => id)).toEqual(['d1', 'd7']);
    expect(source).toBe('flyctl, 5 of other process groups left out');
  });

  it('that lists a machine twice lists it once', async () => {
    flyctl(machines(flyMachine('d1', { state: 'replacing' }), flyMachine('d1'), flyMachine('d1')));
    expect(await list()).toMatchObject({ active: [{ id: 'd1' }], skipped: [] });
  });

  it.each(['[]', 'null'])('gives no machines with the answer %s', async (text) => {
    flyctl(prints(text));
    expect(await list()).toMatchObject({ active: [], skipped: [] });
  });

  it('may give a long answer', async () => {
    const rows = Array.from({ length: 2000 }, (_, number) =>
      flyMachine(`d${number}`, { padding: 'x'.repeat(2000) }),
    );
    writeFileSync(join(home, 'long.json'), JSON.stringify(rows));
    flyctl(`cat ${home}/long.json`);
    expect((await list()).active.length).toBe(2000);
  });
});

describe('an answer of flyctl that cannot be used', () => {
  it.each([
    ['no JSON', prints('Error: not logged in'), 'it is not JSON'],
    ['nothing', 'true', 'it is not JSON'],
    ['an object', prints('{"error":"unauthorized"}'), 'it is not an array'],
    ['no objects', prints('["d1"]'), 'an element of it is not an object'],
    ['an id that is none', machines({ ...flyMachine('d1'), id: 7 }), 'it has a machine without a valid id'],
    [
      'an id that would split a header',
      machines(flyMachine('d1\r\nX-Evil: 1')),
      'it has a machine without a valid id',
    ],
    ['an id with a path', machines(flyMachine('../d1')), 'it has a machine without a valid id'],
    ['no state', machines(flyMachine('d1', { state: null })), 'no state'],
    ['a state of control characters', machines(flyMachine('d1', { state: 'started\u001b[2J' })), 'no state'],
  ])('(%s) is refused as a whole', async (_, script, reason) => {
    flyctl(script);
    const failure = await failureOf(() => list());
    expect(failure).toMatchObject({ code: 'fleet-unreachable', hint: expect.stringMatching(/\.$/) });
    expect(failure.message).toContain(reason);
  });

  it('is reported with the words of flyctl', async () => {
    flyctl('echo "Error: no access token available" >&2; exit 1');
    const failure = await failureOf(() => list());
    expect(failure.message).toContain('exit code 1: Error: no access token available');
    expect(failure.hint).toContain('auth login');
  });

  it('is reported if flyctl was killed, or cannot be started', async () => {
    flyctl('kill -9 $$');
    expect((await failureOf(() => list())).message).toContain('it was ended by SIGKILL');
    writeFileSync(join(bin, 'flyctl'), '#!/no/such/interpreter\n');
    expect((await failureOf(() => list())).message).toContain('it cannot be started');
  });

  it('is reported for a FLY_CLI_PATH that leads nowhere, and nothing else is tried', async () => {
    flyctl(machines(flyMachine('d1')));
    const failure = await failureOf(() => list({ FLY_CLI_PATH: join(home, 'gone') }));
    expect(failure).toMatchObject({ code: 'config-invalid' });
  });

  it('names all ways if there is no way to list machines', async () => {
    const failure = await failureOf(() => list({ PATH: bin }));
    expect(failure.code).toBe('config-invalid');
    for (const way of ['FLY_CLI_PATH', '~/bin/flyctl', 'FLY_API_TOKEN']) expect(failure.hint).toContain(way);
  });

  it('that never comes ends with the run, and so does flyctl', async () => {
    flyctl(`echo $$ > ${home}/pid; mv ${home}/pid ${home}/ready; exec sleep 1000`);
    const stop = new AbortController();
    const failure = failureOf(() => list({}, stop.signal));
    const pid = await untilRead(join(home, 'ready'));
    stop.abort();
    expect((await failure).message).toContain('it was stopped');
    await untilGone(Number(pid));
  });
});

/** Looks again each time the event loop has turned. */
async function untilRead(path: string): Promise<string> {
  for (;;) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
