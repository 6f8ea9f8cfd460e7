/** An undo of what a machine is sent, killed: a real web server with the real update_config, and no store. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { imageDigest, openInstalled, readImage } from '../../../src/database/image.ts';
import {
  type AdminHost,
  CONFIG_UPDATE,
  type Scene,
  startScene,
} from '../../support/config-update/admin-host.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { Machine } from '../../support/machine/machine.ts';
import { giveKeys, newKey } from '../../support/machine/pushing.ts';
import { startWebServer, type WebServer } from '../../support/servers/web-servers.ts';
import { type Call, killAt, mostOf, readTurns, recordCalls } from '../../support/system/strace.ts';

// Dozens of runs are killed and made good, one after the other.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });

const KEY = newKey();
const NO_STORE = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' };
const sample = makeSampleIndex();
const version = (nth: number) => altered(sample, `UPDATE locations SET name = 'name ${nth}' WHERE id = 1`);
const DIGESTS = [1, 2].map((nth) => imageDigest(version(nth)));
const TARGET = ['--target', 'kamal'];
const command = { executable: CONFIG_UPDATE, args: ['--undo', ...TARGET] };

let scene: Scene;
let server: Machine;
let web: WebServer;
let host: AdminHost;
let calls: readonly Call[];
const template = mkdtempSync(join(tmpdir(), 'template-'));

beforeAll(async () => {
  server = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web' });
  giveKeys(server, `${KEY}\n`);
  web = await startWebServer('lighttpd', server);
  scene = await startScene();
  host = scene.host(version(1), NO_STORE);
  host.env['FLEET_KAMAL_URL'] = `http://127.0.0.1:${web.port}/showcase/update_config`;
  giveKeys(host, `${KEY}\n`);
  await publish();
  host.put(version(2));
  await publish();
  cpSync(host.home, join(template, 'host'), { recursive: true, preserveTimestamps: true });
  cpSync(server.home, join(template, 'server'), { recursive: true, preserveTimestamps: true });
  const all = readTurns(host.home, await recordCalls(host, command), host.env['FLEET_KAMAL_URL'] ?? '');
  // Until its own index is back, an undo does the same whatever follows: `undo-kill.test.ts` goes through those moments.
  calls = [...all.slice(0, 1), ...all.slice(all.findIndex(({ name }) => name === 'unlink'))];
});
afterAll(async () => {
  rmSync(template, { recursive: true });
  await scene.close();
  await web.close();
  server.remove();
});

const publish = (...args: string[]) => host.configUpdate([...TARGET, ...args]);

/** Which version a machine has; 0 for neither. */
function at(machine: Machine): number {
  const db = openInstalled(machine.path('index.sqlite3'));
  if (!db) return 0;
  try {
    return DIGESTS.indexOf(imageDigest(readImage(db))) + 1;
  } finally {
    db.close();
  }
}

/** Back to where version 2 was sent over version 1. */
function putBack(): void {
  for (const [machine, name] of [
    [host, 'host'],
    [server, 'server'],
  ] as const) {
    for (const entry of readdirSync(machine.home))
      rmSync(join(machine.home, entry), { recursive: true, force: true });
    cpSync(join(template, name), machine.home, { recursive: true, preserveTimestamps: true });
  }
  const { uid, gid } = statSync(server.home);
  execFileSync('chown', ['-R', `${uid}:${gid}`, server.home]);
}

it('an undo that sends an index, killed at any moment, leaves one whole index or the other, and the next run sends what this host has', async () => {
  const problems: string[] = [];
  const seen = new Set<string>();
  let killed = 0;
  for (const call of calls) {
    putBack();
    if (!(await killAt(host, call, command))) continue;
    killed += 1;
    // What follows is looked at in its source, but for every fourth time.
    host.isFromSource = killed % 4 !== 0;
    const where = `${call.name} ${call.nth} (${call.text.slice(0, 120)})`;
    const left = { server: at(server), here: at(host) };
    seen.add(`server ${left.server}, here ${left.here}`);
    if (left.server === 0 || left.here === 0) problems.push(`${where}: neither: ${JSON.stringify(left)}`);
    if (left.server === 1 && left.here === 2) problems.push(`${where}: sent, and not here`);
    const next = await publish();
    if (next.exitCode !== 0) problems.push(`${where}: the next run: ${next.stdout.slice(0, 1500)}`);
    if (at(server) !== left.here || at(host) !== left.here)
      problems.push(`${where}: then server ${at(server)}, here ${at(host)}`);
    const undo = await publish('--undo');
    if (undo.exitCode !== 0) problems.push(`${where}: the undo after it: ${undo.stdout.slice(0, 1500)}`);
    if (at(server) !== 3 - left.here || at(host) !== 3 - left.here)
      problems.push(`${where}: not undone after it`);
  }
  expect(calls.length).toBeGreaterThan(5);
  expect(killed).toBeGreaterThanOrEqual(mostOf(calls));
  expect(problems).toEqual([]);
  expect([...seen].sort()).toEqual(['server 1, here 1', 'server 2, here 1', 'server 2, here 2']);
});
