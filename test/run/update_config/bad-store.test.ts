import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../src/failure.ts';
import { startPublished } from '../../support/machine/published.ts';
import { expectFailure, type Station, Stations, TOKEN } from '../../support/machine/station.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { always, type Fault, first, type Plan, s3Error } from '../../support/store/fault-proxy.ts';

useSource();
const stations = new Stations();
/** What else the tests opened. */
const open = new Set<() => Promise<void>>();
beforeAll(() => stations.open(4));
afterAll(async () => {
  await stations.close();
  for (const close of open) await close();
});

async function expectRecovery(here: Station, requests: number): Promise<void> {
  const before = here.hasChanged();
  const answer = await here.post();
  expect(answer, answer.body).toMatchObject({ status: 200, exitCode: 0, result: { outcome: 'updated' } });
  expect(here.hasChanged()).toBe(!before);
  // The store is asked for databases of new events, too.
  const forIndex = here.proxy.requests.filter(({ path }) => path.includes('/index.sqlite3'));
  expect(forIndex).toHaveLength(requests);
}

/* test/unit/store/get-faults.test.ts has every fault there is. Here is what the executable makes of each of their outcomes. */
const FAULTS: readonly (readonly [what: string, fault: Fault, code: FailureCode])[] = [
  ['resets the connection', { kind: 'reset', when: 'before-request' }, 'store-unreachable'],
  ['cuts the body off', { kind: 'cut', after: 30_000 }, 'store-corrupt'],
  ['answers with a page of another server', { kind: 'answer', status: 200, body: '<html>' }, 'store-corrupt'],
  ['sheds load with 503', s3Error(503, 'SlowDown'), 'store-unreachable'],
];

describe('a store', () => {
  test.concurrent.each(FAULTS)('that %s once only delays an update', (_, fault) =>
    stations.useWithAnother(async (here) => {
      here.proxy.plan(first(fault));
      await expectRecovery(here, 2);
    }),
  );

  test.concurrent.each(FAULTS)('that %s every time ends the update after four attempts', (_, fault, code) =>
    stations.useWithAnother(async (here) => {
      here.proxy.plan(always(fault));
      expectFailure(await here.post(), 502, code);
      expect(here.proxy.requests).toHaveLength(4);
      here.expectUntouched();
      here.proxy.plan(() => undefined);
      await expectRecovery(here, 1);
    }),
  );

  const SLOW: readonly (readonly [what: string, plan: Plan])[] = [
    ['never answers', always({ kind: 'hang', after: 'request' })],
    ['trickles', always({ kind: 'slow', delay: 0, bytesPerSecond: 1000 })],
    ['fails first and hangs then', first(s3Error(503, 'SlowDown'), { kind: 'hang', after: 'request' })],
  ];
  test.concurrent.each(SLOW)('that %s is given up when the time is up', (_, plan) =>
    stations.useWithAnother(async (here) => {
      here.proxy.plan(plan);
      const answer = await here.post('', { env: { UPDATE_CONFIG_STORE_TIMEOUT: '0.9' } });
      expectFailure(answer, 504, 'store-timeout');
      expect(answer.result.error?.hint).toContain('UPDATE_CONFIG_STORE_TIMEOUT');
      here.expectUntouched();
    }),
  );

  test.concurrent('that answers 304 to a request without a condition is refused', () =>
    stations.useWithAnother(async (here) => {
      // Who is forced asks without a condition.
      here.proxy.plan(always({ kind: 'answer', status: 304 }));
      const options = { env: { HTTP_AUTHORIZATION: `Bearer ${TOKEN}` } };
      expectFailure(await here.post('force=1&dry_run=1', options), 502, 'store-refused');
      expectFailure(await here.post('force=1', options), 502, 'store-refused');
      here.expectUntouched();
    }));

  test.concurrent('that is slow, but not too slow, is waited for', () =>
    stations.useWithAnother(async (here) => {
      here.machine.isFromSource = false;
      here.proxy.plan(always({ kind: 'slow', delay: 300, bytesPerSecond: 200_000 }));
      await expectRecovery(here, 1);
    }));

  test.concurrent('that does not exist is unreachable', () =>
    stations.useWithAnother(async (here) => {
      here.machine.isFromSource = false;
      const answer = await here.post('', { env: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' } });
      expectFailure(answer, 502, 'store-unreachable');
      expect(answer.result.error?.message).toContain('ECONNREFUSED');
      here.expectUntouched();
    }));
});

describe('a wrong setting', () => {
  test.concurrent.each([
    ['another secret key', { AWS_SECRET_ACCESS_KEY: 'not-the-secret-key' }, 'AWS_SECRET_ACCESS_KEY'],
    ['another access key', { AWS_ACCESS_KEY_ID: 'not-the-access-key' }, 'AWS_ACCESS_KEY_ID'],
    ['a bucket that is not there', { BUCKET_NAME: 'no-such-bucket' }, 'BUCKET_NAME'],
  ])('such as %s is refused at once, with the name of the variable', (_, env, variable) =>
    stations.useWithAnother(async (here) => {
      const answer = await here.post('', { env });
      expectFailure(answer, 502, 'store-refused');
      expect(answer.result.error?.hint).toContain(variable);
      for (const value of Object.values(env).filter((each) => each.includes('key'))) {
        expect(answer.stdout + answer.stderr).not.toContain(value);
      }
      expect(here.proxy.requests).toHaveLength(1);
      here.expectUntouched();
    }),
  );

  test.concurrent('that leads to a bucket without an index is reported as that', () =>
    stations.useWithAnother(async (here) => {
      here.machine.isFromSource = false;
      const empty = await startPublished();
      open.add(() => empty.close());
      const answer = await here.post('', { env: empty.env });
      expectFailure(answer, 502, 'store-no-index');
      expect(answer.result.error?.hint).toContain('BUCKET_NAME');
      here.expectUntouched();
    }));

  const NEEDED = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL_S3'] as const;
  // test/unit/store/settings.test.ts has all six.
  const partial = [1, 6].map((bits) => NEEDED.filter((_, at) => bits & (1 << at)));
  test.concurrent.each(partial.map((missing) => [missing.join(' and ') || 'none', missing] as const))(
    'that lacks %s is an error that names what is missing',
    (_, missing) =>
      stations.useWithAnother(async (here) => {
        const answer = await here.post('', {
          env: Object.fromEntries(missing.map((name) => [name, ''])),
        });
        expectFailure(answer, 500, 'config-invalid');
        const { message = '', hint = '' } = answer.result.error ?? {};
        for (const name of missing) expect(hint.slice(0, hint.indexOf(' or '))).toContain(name);
        expect(message.split('but not')[1]?.match(/AWS_\w+/g)).toEqual(missing);
        expect(here.proxy.requests).toHaveLength(0);
        here.expectUntouched();
      }),
  );

  test.concurrent.each([
    ['AWS_ENDPOINT_URL_S3', 'http://user:open-sesame@127.0.0.1'],
    ['BUCKET_NAME', 'a\nRESULT {}'],
    ['UPDATE_CONFIG_STORE_TIMEOUT', 'soon'],
    ['UPDATE_CONFIG_MAX_INDEX_MIB', '0'],
    ['UPDATE_CONFIG_LOCK_TIMEOUT', '-1'],
    ['UPDATE_CONFIG_GENERATIONS', '1e9'],
  ])('of %s to %j is an error that names the variable', (name, value) =>
    stations.useWithAnother(async (here) => {
      const answer = await here.post('', { env: { [name]: value } });
      expectFailure(answer, 500, 'config-invalid');
      expect(answer.result.error?.message).toContain(name);
      expect(answer.stdout + answer.stderr).not.toContain('open-sesame');
      here.expectUntouched();
    }),
  );
});
