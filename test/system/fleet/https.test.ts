import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import { CONFIG_UPDATE } from '../../support/fleet/fleet-host.ts';
import { flyMachine, prints, writeProgram } from '../../support/fleet/listings.ts';
import { answer } from '../../support/fleet/machines.ts';
import { Machine } from '../../support/machine/machine.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';

const MACHINES = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6'];

let admin: Machine;
let published: Published;
let server: Server;
let certificate: string;
let connections = 0;
let requests = 0;

beforeAll(async () => {
  admin = new Machine();
  published = await startPublished();
  const etag = await published.publish(makeSampleIndex());
  certificate = join(admin.home, 'cert.pem');
  const key = join(admin.home, 'key.pem');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject];
  execFileSync('openssl', [...args, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  const secrets = { key: readFileSync(key), cert: readFileSync(certificate) };
  server = createServer(secrets, ({ headers }, response) => {
    requests += 1;
    response.end(answer(String(headers['fly-force-instance-id']), { index: { etag } }));
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  admin.remove();
  await published.close();
});

/** The built config-update, over machines behind an address with a certificate of our own. */
async function update(
  env: Record<string, string>,
): Promise<{ exitCode: number | null; report: FleetReport }> {
  const { port } = server.address() as AddressInfo;
  const rows = prints(JSON.stringify(MACHINES.map((id) => flyMachine(id))));
  const { exitCode, stdout } = await admin.run(['--no-publish', '--json', '--concurrency', '2'], {
    executable: CONFIG_UPDATE,
    env: {
      ...published.env,
      HOME: admin.home,
      FLY_CLI_PATH: writeProgram(join(admin.home, 'flyctl'), rows),
      FLEET_FLY_URL: `https://localhost:${port}/showcase/update_config`,
      ...env,
    },
  });
  return { exitCode, report: JSON.parse(stdout) as FleetReport };
}

it('over https the machines share as many connections as are asked at a time', async () => {
  const { exitCode, report } = await update({ NODE_EXTRA_CA_CERTS: certificate });
  expect(exitCode).toBe(0);
  expect(report.machines.map(({ outcome }) => outcome)).toEqual(MACHINES.map(() => 'updated'));
  expect({ requests, connections }).toEqual({ requests: MACHINES.length, connections: 2 });
});

it('an address whose certificate is not trusted gets no request, and is not tried again', async () => {
  requests = 0;
  const { exitCode, report } = await update({});
  expect(exitCode).toBe(1);
  for (const { attempts, error } of report.machines) {
    expect(attempts).toBe(1);
    expect(error?.message).toMatch(/^no connection that can be trusted \([A-Z_]*CERT[A-Z_]*\)$/);
  }
  expect(requests).toBe(0);
});
