import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Station, Stations } from '../../support/machine/station.ts';

const stations = new Stations();
/** What else the tests opened. */
const open = new Set<() => Promise<void>>();
beforeAll(() => stations.open(3));
afterAll(async () => {
  await stations.close();
  for (const close of open) await close();
});

/** A port that counts who connects. */
async function startTrap(): Promise<{ url: string; visitors: () => number }> {
  let visitors = 0;
  const server = createServer((socket) => {
    visitors += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.add(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the trap has no port');
  return { url: `http://127.0.0.1:${address.port}`, visitors: () => visitors };
}

describe('a setting from a request or from a stray file has no effect:', () => {
  test.concurrent('a Proxy header, and proxies of every other name, lead nowhere else', () =>
    stations.useWithAnother(async (here) => {
      const trap = await startTrap();
      const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
      const env = Object.fromEntries(names.map((name) => [name, trap.url]));
      const answer = await here.post('', { env: { ...env, NO_PROXY: '', NODE_USE_ENV_PROXY: '1' } });
      expect(answer).toMatchObject({ status: 200, result: { outcome: 'updated' } });
      expect(trap.visitors()).toBe(0);
      // The store is asked for databases of new events, too.
      const forIndex = here.proxy.requests.filter(({ path }) => path.includes('/index.sqlite3'));
      expect(forIndex).toHaveLength(1);
    }));

  const profile = (url: string): string =>
    `[default]\naws_access_key_id = other-key\naws_secret_access_key = other-secret\nregion = eu-west-9\nendpoint_url = ${url}\nservices = s\n[services s]\ns3 =\n  endpoint_url = ${url}\n`;

  /** Everything that an AWS SDK looks for besides the variables that are ours. */
  async function stray(here: Station): Promise<{ env: Record<string, string>; visitors: () => number }> {
    const trap = await startTrap();
    const home = join(here.machine.home, 'home');
    mkdirSync(join(home, '.aws'), { recursive: true });
    for (const file of ['config', 'credentials']) writeFileSync(join(home, '.aws', file), profile(trap.url));
    const env = {
      HOME: home,
      AWS_PROFILE: 'default',
      AWS_CONFIG_FILE: join(home, '.aws/config'),
      AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws/credentials'),
      AWS_SDK_LOAD_CONFIG: '1',
      AWS_ENDPOINT_URL: trap.url,
      AWS_DEFAULT_REGION: 'eu-west-9',
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: trap.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: trap.url,
      AWS_WEB_IDENTITY_TOKEN_FILE: join(home, '.aws/config'),
    };
    return { env, visitors: trap.visitors };
  }

  test.concurrent('the files and variables of an AWS profile change nothing', () =>
    stations.useWithAnother(async (here) => {
      const { env, visitors } = await stray(here);
      const answer = await here.post('', { env });
      expect(answer).toMatchObject({ status: 200, result: { outcome: 'updated' } });
      const [request] = here.proxy.requests;
      expect(request?.headers.authorization).toContain(`Credential=${here.published.settings.accessKeyId}/`);
      expect(request?.headers.authorization).toContain('/auto/s3/');
      expect(request?.headers).not.toHaveProperty('x-amz-security-token');
      expect(visitors()).toBe(0);
    }));

  test.concurrent('the files and variables of an AWS profile do not add a store', () =>
    stations.useWithAnother(async (here) => {
      const { env, visitors } = await stray(here);
      const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' };
      const answer = await here.post('', { env: { ...env, ...none } });
      expect(answer).toMatchObject({ status: 200, result: { outcome: 'unchanged' } });
      expect(here.proxy.requests).toHaveLength(0);
      expect(visitors()).toBe(0);
      here.expectUntouched();
    }));

  test.concurrent('a request that names keys, a store or a bucket is not believed', () =>
    stations.useWithAnother(async (here) => {
      const trap = await startTrap();
      const env = {
        HTTP_AWS_ENDPOINT_URL_S3: trap.url,
        HTTP_APP_ROOT: '/',
        HTTP_HOST: trap.url.slice(7),
        HTTP_X_FORWARDED_HOST: trap.url.slice(7),
      };
      const refused = await here.post(`BUCKET_NAME=x&AWS_ENDPOINT_URL_S3=${trap.url}`, { env });
      expect(refused).toMatchObject({ status: 400, result: { error: { code: 'usage' } } });
      expect(await here.post('', { env })).toMatchObject({ status: 200, result: { outcome: 'updated' } });
      expect(trap.visitors()).toBe(0);
    }));
});
