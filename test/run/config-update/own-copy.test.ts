import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { type AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { useSource } from '../../support/machine/use-source.ts';

/** The Kamal server with the real update_config, no object store, and the admin host's own db dir. */
const NO_STORE = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' };

useSource();
let scene: Scene;
let host: AdminHost;
let server: Server;
beforeEach(async () => {
  scene = await startScene();
  host = scene.host();
  server = createServer(async (request, response) => {
    const query = new URL(request.url ?? '', 'http://x').search.slice(1);
    const env = { ...NO_STORE, KAMAL_CONTAINER_NAME: 'showcase-web' };
    const { status, body } = await host.post(query, { env });
    response.writeHead(status).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  delete host.env['FLEET_KAMAL_URL'];
  // By the name that early releases had for it.
  host.env['CONFIG_UPDATE_KAMAL_URL'] = `http://127.0.0.1:${port}/update_config`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await scene.close();
});

const rename = (name: string): void => {
  const db = openDatabase(host.path('index.sqlite3'));
  db.prepare('UPDATE locations SET name = ? WHERE id = 1').run(name);
  db.close();
};

it('a server without a store counts by its own copy, even if SQLite has changed the counter in the header', async () => {
  host.isFromSource = false;
  rename('once');
  rename('twice');
  const kamal = ['--target', 'kamal', '--publish'];
  const first = await host.configUpdate(kamal);
  expect(first.stdout).toContain('Successfully updated: 1 machines\n');
  expect(first.exitCode).toBe(0);
  expect(await host.configUpdate(kamal)).toMatchObject({ exitCode: 0 });
  expect(await host.configUpdate(['--target', 'kamal', '--no-publish'])).toMatchObject({ exitCode: 0 });
  expect(await host.configUpdate([...kamal, '--verify'])).toMatchObject({ exitCode: 0 });

  rename('three times');
  expect(await host.configUpdate([...kamal, '--verify'])).toMatchObject({ exitCode: 1 });
});

describe('a host without a store, as the server', () => {
  const kamal = (...args: string[]) => host.configUpdate(['--target', 'kamal', ...args], { env: NO_STORE });

  it('makes the server update itself from the index that both have, and publishes nothing', async () => {
    rename('once');
    const { exitCode, stdout } = await kamal();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^No object store is configured here, so nothing is published. The server must have the index of this host: \d+ bytes, changed /m,
    );
    expect(stdout).toContain('  127.0.0.1... ✓ Success\n');
    expect(stdout).toContain('Successfully updated: 1 machines\n');
    expect(await scene.published.store.head('db/index.sqlite3')).toMatchObject({ kind: 'missing' });
    const [row] = JSON.parse(`[${(await kamal('--history', '--json')).stdout.trim()}]`);
    expect(row).toMatchObject({ outcome: 'done', published: 'local', etag: null, updated: 1 });
    expect(await kamal('--verify')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('\nNo object store is configured here. The index of this host: '),
    });
    expect(await kamal('--dry-run')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('127.0.0.1... dry run: nothing to do: '),
    });
  });

  it('fails at once if the server has another index, and says how to copy the index there', async () => {
    await kamal();
    const elsewhere = scene.host(makeSampleIndex({ events: 30, studios: 20 }), NO_STORE);
    elsewhere.env['FLEET_KAMAL_URL'] = host.env['CONFIG_UPDATE_KAMAL_URL'] ?? '';
    const { exitCode, stdout } = await elsewhere.configUpdate(['--target', 'kamal']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('127.0.0.1... ✗ Failed after 1 attempt: it has another index than this host\n');
    expect(stdout).toMatch(/^What to do \(127\.0\.0\.1\): .*\.restore/m);
    expect(await elsewhere.configUpdate(['--target', 'kamal', '--verify'])).toMatchObject({ exitCode: 1 });
    expect(await elsewhere.configUpdate(['--target', 'kamal', '--dry-run'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('127.0.0.1... dry run: would be updated: '),
    });
  });

  it('never makes the server use an index that it would refuse', async () => {
    host.put(Buffer.from('no database'));
    expect(await kamal()).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('Failed (index-invalid): '),
    });
  });
});

it('a host without a store and without an index compares machines with each other, and says so', async () => {
  await host.configUpdate(['--target', 'kamal', '--publish']);
  const bare = { ...NO_STORE, RAILS_DB_VOLUME: host.appRoot };
  const verified = await host.configUpdate(['--target', 'kamal', '--verify'], { env: bare });
  expect(verified.exitCode).toBe(0);
  expect(verified.stdout).toContain('\nNo object store is configured here.\n');
  expect(verified.stdout).not.toContain('The store has no index');
  expect(verified.stdout.match(/^Note: .*$/gm)).toEqual([
    expect.stringMatching(/^Note: store: none is configured; target: kamal at http:/),
    'Note: without an index to compare with, the machines are compared with each other',
  ]);
});

it('a host without a store does not know which index Fly machines, or a server alone, should have', async () => {
  for (const args of [[], ['--target', 'kamal', '--no-publish'], ['--target', 'kamal', '--replace', 'x']]) {
    const { exitCode, stdout } = await host.configUpdate(args, { env: NO_STORE });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('there is no object store to publish to\n');
    expect(stdout).toContain('What to do: Set AWS_ACCESS_KEY_ID, ');
  }
});
