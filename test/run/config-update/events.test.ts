import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { entriesOf } from '../../../src/index/index-model.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { databaseOf } from '../../../src/index/tenant-names.ts';
import type { RunEvent } from '../../../src/report/events.ts';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { decoded } from '../../support/machine/decoded.ts';
import { asBuilt, useSource } from '../../support/machine/use-source.ts';

useSource();
let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

/** What an event is, as far as the decoder tells kinds apart. */
function nameOf(event: RunEvent): string {
  if (event.type !== 'item') return 'kind' in event ? `${event.type} ${event.kind}` : event.type;
  return `${event.kind} ${event.phase}${event.kind === 'machine' && event.outcome === 'skipped' ? ' skipped' : ''}`;
}

it('config-update prints with --events what the decoder of this project reads, whatever happens', async () => {
  const host = scene.host();
  const seen = new Set<string>();
  const run = async (...args: string[]) => {
    const { stdout, stderr } = await host.configUpdate(['--events', ...args]);
    expect(stderr).toBe('');
    const events = decoded(stdout);
    expect(new Set(events.map((event) => event.run)).size).toBe(1);
    for (const event of events) seen.add(nameOf(event));
    return events.at(-1);
  };
  Object.assign(host.env, { APP_USER: 'root', FLEET_BEFORE: 'echo made' });
  const { index } = readValidIndex(makeSampleIndex());
  const [entry] = entriesOf(index);
  const [first] = entry?.events ?? [];
  if (!entry || !first) return expect.unreachable('no event');
  const event = openDatabase(join(host.dbDir, `${databaseOf(entry, first)}.sqlite3`));
  event.exec("CREATE TABLE events (date TEXT); INSERT INTO events VALUES ('2026-12-31')");
  event.close();
  expect(await run('--dry-run')).toMatchObject({ type: 'run-ended', result: { outcome: 'done' } });
  scene.fleet.behave('m1', (response, nth, succeed) =>
    nth === 2 ? response.writeHead(503).end() : succeed(),
  );
  host.list({ id: 'm1' }, { id: 'm2', region: 'syd' }, { id: 'm3', state: 'suspended' });
  scene.fleet.behave('m2', (response) => {
    const error = { code: 'disk', message: 'it is full', hint: 'Free some space.' };
    response.writeHead(400).end(`RESULT ${JSON.stringify({ machine: 'm2', outcome: 'failed', error })}\n`);
  });
  const hintFrom = 'machine';
  expect(await run('--user', 'ada:secret')).toMatchObject({
    result: { outcome: 'failed', machines: [{ outcome: 'updated' }, { error: { hintFrom } }] },
  });
  expect(await run('--verify')).toMatchObject({ result: { operation: 'verify' } });
  host.env['FLY_CLI_PATH'] = '/bin/false';
  expect(await run()).toMatchObject({ result: { error: { code: 'fleet-unreachable' } } });
  const other = scene.host(makeSampleIndex({ events: 30, studios: 20 }));
  const elsewhere = decoded((await other.configUpdate(['--events'])).stdout).at(-1);
  expect(elsewhere).toMatchObject({ result: { outcome: 'changed-elsewhere' } });
  expect([...seen].sort()).toEqual([
    'file done',
    'log command',
    'log machine',
    'machine asking',
    'machine done',
    'machine done skipped',
    'machine pausing',
    'machine waiting',
    'note',
    'progress',
    'run-began fleet',
    'run-ended fleet',
    'step',
    'step-done',
    'tenant done',
  ]);
});

it.each([
  [['--target', 'nowhere'], 'usage'],
  [['--nonsense'], 'usage'],
  [['--json'], 'usage'],
  [['--history'], 'usage'],
])('config-update tells as its last event why it does not begin with %j', async (args, code) => {
  const { stdout, exitCode } = await scene.host().configUpdate(['--events', ...args]);
  expect(exitCode).toBe(2);
  expect(decoded(stdout).at(-1)).toMatchObject({
    type: 'run-ended',
    kind: 'fleet',
    result: { error: { code } },
  });
});

it('config-update prints with --json a report also where it does not begin', async () => {
  asBuilt();
  const { stdout, exitCode } = await scene.host().configUpdate(['--json', '--nonsense']);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', machines: [], error: { code: 'usage' } });
});

it('config-update prints the machines with their logs in one order, with --verbose and without', async () => {
  const host = scene.host();
  const types = async (...args: string[]) =>
    decoded((await host.configUpdate(['--events', '--no-publish', ...args])).stdout)
      .map(nameOf)
      .sort();
  await host.configUpdate();
  expect(await types('--verbose')).toEqual(await types());
});
