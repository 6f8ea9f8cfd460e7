import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runClient } from '../../support/store/run-client.ts';
import { spoiledStore } from '../../support/store/spoiled-store.ts';

const KEY = 'db/index.sqlite3';
const spoiled = spoiledStore();
const home = mkdtempSync(join(tmpdir(), 'home-'));
const uninvited: string[] = [];
const trap = createServer((request, response) => {
  uninvited.push(`${request.method} ${request.url}`);
  response.writeHead(500).end();
});
trap.on('connect', (request, socket) => {
  uninvited.push(`CONNECT ${request.url}`);
  socket.destroy();
});
let elsewhere: string;

beforeAll(async () => {
  const options = { condition: { replaces: 'anything' as const }, metadata: {}, contentType: 'text/plain' };
  await spoiled.direct.put(KEY, Buffer.from('the index'), options);
  trap.listen(0, '127.0.0.1');
  await once(trap, 'listening');
  elsewhere = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  mkdirSync(join(home, '.aws'));
  // Whoever opens a pipe that nobody writes to waits for ever.
  for (const name of ['.aws/config', '.aws/credentials']) execFileSync('mkfifo', [join(home, name)]);
});
afterAll(() => {
  trap.close();
  rmSync(home, { recursive: true });
});

async function expectIndexWith(env: NodeJS.ProcessEnv): Promise<void> {
  uninvited.length = 0;
  const outcome = await runClient(spoiled.settings, KEY, env);
  expect(outcome).toMatchObject({ get: { kind: 'found', bytes: 'the index' } });
  expect(uninvited).toEqual([]);
}

test('the store client ignores proxy variables, which a request can set by its Proxy header', async () => {
  const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
  const env = Object.fromEntries(names.map((name) => [name, elsewhere]));
  await expectIndexWith(env);
  await expectIndexWith({ ...env, NODE_USE_ENV_PROXY: '1' });
});

test('the store client does not read AWS profiles and configuration files', async () => {
  await expectIndexWith({ HOME: home });
  const [config, credentials] = [join(home, '.aws/config'), join(home, '.aws/credentials')];
  await expectIndexWith({
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_PROFILE: 'other',
  });
});

test('the store client ignores AWS variables that are not ours', async () => {
  const wrong = [
    'AWS_AUTH_SCHEME_PREFERENCE',
    'AWS_DEFAULTS_MODE',
    'AWS_DISABLE_CLOCK_SKEW_CORRECTION',
    'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
    'AWS_MAX_ATTEMPTS',
    'AWS_REQUEST_CHECKSUM_CALCULATION',
    'AWS_RESPONSE_CHECKSUM_VALIDATION',
    'AWS_RETRY_MODE',
    'AWS_S3_DISABLE_EXPRESS_SESSION_AUTH',
    'AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS',
    'AWS_S3_USE_ARN_REGION',
    'AWS_SDK_UA_APP_ID',
    'AWS_SIGV4A_SIGNING_REGION_SET',
    'AWS_USE_DUALSTACK_ENDPOINT',
    'AWS_USE_FIPS_ENDPOINT',
  ];
  const env = Object.fromEntries(wrong.map((name) => [name, 'nonsense']));
  await expectIndexWith({ ...env, AWS_ENDPOINT_URL: elsewhere });
  expect(spoiled.proxy.requests[0]?.headers).not.toHaveProperty('x-amz-security-token');
});

test('the store client asks no service for credentials or a region', async () => {
  await expectIndexWith({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${elsewhere}/credentials`,
    AWS_DEFAULTS_MODE: 'auto',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: elsewhere,
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/x',
    AWS_WEB_IDENTITY_TOKEN_FILE: join(home, '.aws/credentials'),
  });
});
