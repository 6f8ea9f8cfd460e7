import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../src/sqlite.ts';
import { type AdminHost, type Scene, startScene } from './support/admin-host.ts';

/** The Kamal server with the real update_config, no object store, and the admin host's own db dir. */
const NO_STORE = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' };

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

it('a server without a store counts by its own copy, also where SQLite has counted on in the header', async () => {
  rename('once');
  rename('twice');
  const kamal = ['--target', 'kamal'];
  const first = await host.configUpdate(kamal);
  expect(first.stdout).toContain('Successfully updated: 1 machines\n');
  expect(first.exitCode).toBe(0);
  expect(await host.configUpdate(kamal)).toMatchObject({ exitCode: 0 });
  expect(await host.configUpdate([...kamal, '--no-publish'])).toMatchObject({ exitCode: 0 });
  expect(await host.configUpdate([...kamal, '--verify'])).toMatchObject({ exitCode: 0 });

  rename('three times');
  expect(await host.configUpdate([...kamal, '--verify'])).toMatchObject({ exitCode: 1 });
});

it('a host without a store compares machines with each other, says so, and publishes nothing', async () => {
  await host.configUpdate(['--target', 'kamal']);
  const verified = await host.configUpdate(['--target', 'kamal', '--verify'], { env: NO_STORE });
  expect(verified.exitCode).toBe(0);
  expect(verified.stdout).toContain('\nNo object store is configured here.\n');
  expect(verified.stdout).not.toContain('The store has no index');
  expect(verified.stdout.match(/^Note: .*$/gm)).toEqual([
    'Note: without an index to compare with, the machines are compared with each other',
  ]);
  for (const args of [[], ['--no-publish']]) {
    const { exitCode, stdout } = await host.configUpdate(['--target', 'kamal', ...args], { env: NO_STORE });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('no object store is configured, where the index is published\n');
    expect(stdout).toContain('What to do: Set AWS_ACCESS_KEY_ID, ');
  }
});
