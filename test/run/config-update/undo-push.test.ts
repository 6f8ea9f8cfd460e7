/** An undo of what machines are sent: a real web server with the real update_config, with a store beside it and without. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { PublishedRow } from '../../../src/journal/fleet-history.ts';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import {
  type AdminHost,
  CONFIG_UPDATE,
  type Scene,
  startScene,
} from '../../support/config-update/admin-host.ts';
import { Machine } from '../../support/machine/machine.ts';
import { giveKeys, newKey } from '../../support/machine/pushing.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { startWebServer, type WebServer } from '../../support/servers/web-servers.ts';
import { Mounts } from '../../support/system/mounts.ts';

const KEY = newKey();
const FIRST = makeSampleIndex();
const SECOND = changeSample(FIRST).index;
const NO_STORE = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' };

useSource();
let scene: Scene;
let server: Machine;
let web: WebServer;
let host: AdminHost;
beforeAll(async () => {
  server = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web' });
  giveKeys(server, `${KEY}\n`);
  web = await startWebServer('lighttpd', server);
});
afterAll(async () => {
  await web.close();
  server.remove();
});
/** So that each index is newer than the one before. */
let clock = Date.now() - 3_600_000;
function put(index: Buffer): void {
  clock += 60_000;
  host.put(index, new Date(clock));
}
beforeEach(async () => {
  scene = await startScene();
  host = scene.host(FIRST);
  host.env['FLEET_KAMAL_URL'] = `http://127.0.0.1:${web.port}/showcase/update_config`;
  giveKeys(host, `${KEY}\n`);
  put(FIRST);
});
afterEach(async () => await scene.close());

const run = async (env: Record<string, string>, ...args: string[]) => {
  const { stdout, exitCode } = await host.configUpdate([...args, '--json'], { env });
  return { exitCode, ...(JSON.parse(stdout) as FleetReport) };
};
const serverKnows = (text: string) => server.read('navigator.yml').includes(text);

describe('where there is no store', () => {
  const kamal = (...args: string[]) => run(NO_STORE, '--target', 'kamal', ...args);

  it('the server takes what was sent before, though it has a later index, and what was sent after that', async () => {
    host.isFromSource = false;
    // The server may still have what the test before has left there.
    expect(await kamal('--force')).toMatchObject({ exitCode: 0 });
    put(SECOND);
    const second = await kamal('--force');
    expect(second).toMatchObject({ exitCode: 0, machines: [{ outcome: 'updated' }] });
    expect(serverKnows('tea-dance')).toBe(true);

    const dry = await kamal('--undo', '--dry-run');
    expect(dry).toMatchObject({
      exitCode: 0,
      publish: { kind: 'push', undoes: second.run },
      machines: [{ outcome: 'dry-run', detail: expect.stringContaining('would do: ') }],
    });
    expect(serverKnows('tea-dance')).toBe(true);

    const undone = await kamal('--undo');
    expect(undone).toMatchObject({
      exitCode: 0,
      operation: 'undo',
      publish: { kind: 'push', undoes: second.run },
      machines: [{ outcome: 'updated' }],
    });
    expect(serverKnows('tea-dance')).toBe(false);
    expect(await kamal()).toMatchObject({ exitCode: 0, machines: [{ outcome: 'unchanged' }] });
    expect(await kamal('--verify')).toMatchObject({ exitCode: 0 });

    expect(await kamal('--undo')).toMatchObject({ exitCode: 0, publish: { undoes: undone.run } });
    expect(serverKnows('tea-dance')).toBe(true);
    const { stdout } = await host.configUpdate(['--published', '--json'], { env: NO_STORE });
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as PublishedRow);
    expect(rows.map(({ place, etag, isPresent }) => [place, etag, isPresent])).toEqual([
      ['sent to kamal', null, true],
      ...Array.from({ length: 3 }, () => ['sent to kamal', null, false]),
    ]);
  });

  it('and no key either, nothing is published, so there is nothing to take back', async () => {
    const { exitCode, error } = await run(
      { ...NO_STORE, UPDATE_CONFIG_KEY_FILE: '' },
      ...['--target', 'kamal', '--undo'],
    );
    expect({ exitCode, code: error?.code }).toEqual({ exitCode: 1, code: 'config-invalid' });
  });
});

it('machines of two targets get the same index back, by the store and sent', async () => {
  const both = (...args: string[]) => run({}, '--target', 'fly,kamal', '--force', ...args);
  expect(await both()).toMatchObject({ exitCode: 0 });
  put(SECOND);
  const second = await both();
  expect(second).toMatchObject({ exitCode: 0 });
  expect(await both('--undo', '--dry-run')).toMatchObject({
    exitCode: 0,
    publish: { kind: 'would-publish', undoes: second.run },
  });
  expect(serverKnows('tea-dance')).toBe(true);
  const undone = await both('--undo');
  expect(undone).toMatchObject({ exitCode: 0, publish: { kind: 'published', undoes: second.run } });
  expect(undone.pushed?.digest ?? undone.index?.digest).toBe(undone.index?.digest);
  expect(serverKnows('tea-dance')).toBe(false);
  expect(await both('--undo')).toMatchObject({ exitCode: 0 });
  expect(serverKnows('tea-dance')).toBe(true);
});

it('changes that were never published stay where the disk has no room for a copy of them', async () => {
  const json = (...args: string[]) => run({}, '--target', 'fly', ...args);
  await json();
  put(SECOND);
  await json();
  const db = openDatabase(host.path('index.sqlite3'));
  db.exec("UPDATE locations SET name = 'pending' WHERE id = 1");
  db.close();
  const place = join(host.dbDir, '.update_config/published');
  const mounts = await Mounts.open();
  try {
    mounts.mountMemory(place, 4096);
    cpSync(place, mounts.outside(place), { recursive: true });
    mounts.leaveFree(place, 0);
    const { stdout, exitCode } = await new RunProcess(host, {
      executable: CONFIG_UPDATE,
      args: ['--undo', '--discard-pending', '--json'],
      through: mounts.through,
    }).answered;
    expect({ exitCode, report: JSON.parse(stdout) }).toMatchObject({
      exitCode: 1,
      report: { error: { code: 'disk' } },
    });
  } finally {
    await mounts.close();
  }
  expect(host.read('index.sqlite3')).toContain('pending');
  expect(await json('--undo', '--discard-pending')).toMatchObject({ exitCode: 0 });
});
