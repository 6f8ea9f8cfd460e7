import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_HASHES } from '../../../dev/sample/people.ts';
import { HASH, type PlainRow, soundWith } from '../../support/indexes/indexes.ts';
import { basic, type RunOptions } from '../../support/machine/machine.ts';
import { ADMINISTRATOR, GOOD_INDEX, type Station, Stations, TOKEN } from '../../support/machine/station.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { KEYS } from '../../support/store/embedded.ts';
import { always, type Plan, s3Error } from '../../support/store/fault-proxy.ts';

useSource();
const stations = new Stations();
beforeAll(() => stations.open(3));
afterAll(() => stations.close());

const CLEAR_TEXT = 'tango-in-the-clear';
const SECRETS = [KEYS.accessKeyId, KEYS.secretAccessKey, TOKEN, ...Object.values(SAMPLE_HASHES)];

/** Secrets in every cell of every table, and clear text where only a hash should stand. */
const FULL_OF_SECRETS = soundWith({
  users: SECRETS.flatMap((secret): PlainRow[] => [
    { userid: secret, password: `${secret}:${HASH}`, sites: secret },
    { userid: `user-${secret}`, password: secret, sites: secret },
    { userid: `other-${secret}`, password: `other-${secret}:${CLEAR_TEXT}`, name1: secret },
    { userid: secret, password: `${secret}:${HASH}\n${secret}` },
  ]),
  regions: SECRETS.map(
    (code): PlainRow => ({ type: 'fly', code, location: code, latitude: 1, longitude: 1 }),
  ),
  locations: SECRETS.map(
    (key): PlainRow => ({
      key,
      name: key,
      region: key,
      locale: key,
      logo: key,
      latitude: key,
      longitude: null,
    }),
  ),
  showcases: [
    ...SECRETS.map((key): PlainRow => ({ year: 2026, key, name: key, date: key, order: 2, location_id: 1 })),
    ...SECRETS.map(
      (key): PlainRow => ({ year: key, key: `a-${key}`, name: key, order: key, location_id: 1 }),
    ),
    ...SECRETS.map((key, at): PlainRow => ({ year: 2026, key: 'x', name: key, location_id: at + 2 })),
  ],
});

/** What every answer and every log is searched for is in `Station`; this is what only these indexes hold. */
async function ask(here: Station, query: string, options: RunOptions): Promise<number> {
  const answer = await here.post(query, options);
  expect(answer.stdout + answer.stderr).not.toContain(CLEAR_TEXT);
  return answer.status;
}

const PROVED = [ADMINISTRATOR, `Bearer ${TOKEN}`, basic('ada', 'quickstep')];
const UNPROVED = [
  undefined,
  basic('ada', 'no-such-password'),
  'Bearer another-token-of-some-length',
  `Bearer ${TOKEN} `,
  'Basic bm8tY29sb24taGVyZQ==',
  'Basic not/base64-at!all',
  'Negotiate YII-some-ticket==',
];

const caller = (authorization: string | undefined, accept?: string): RunOptions => ({
  env: {
    ...(authorization === undefined ? {} : { HTTP_AUTHORIZATION: authorization }),
    ...(accept === undefined ? {} : { HTTP_ACCEPT: accept }),
  },
});

/** Who is proved, in both forms, then everybody else, in the one or the other. */
const CALLERS: readonly RunOptions[] = [
  ...PROVED.flatMap((one) => [caller(one), caller(one, 'application/json')]),
  ...UNPROVED.map((one, at) => caller(one, at % 2 === 0 ? 'application/json' : undefined)),
];

describe('no key, token, password, hash or Authorization is ever in an answer, on standard error or in the log', () => {
  test('of an update, a dry run, a forced run and a refusal, whoever asks', () =>
    stations.use(async (here) => {
      const statuses = new Set<number>();
      for (const [number, options] of CALLERS.entries()) {
        await here.publish(number % 2 === 0 ? FULL_OF_SECRETS : GOOD_INDEX);
        const query = ['dry_run=1', 'dry_run=1', '', 'force=1', ''][number % 5] ?? '';
        statuses.add(await ask(here, query, options));
        // Of every other one a plain update, too.
        if (query !== '' && number % 2 === 0) statuses.add(await ask(here, '', options));
      }
      expect([...statuses].sort()).toEqual([200, 401]);
    }));

  test('of a dry run whose diff shows names that hold secrets', () =>
    stations.useBuilt(async (here) => {
      await here.install(GOOD_INDEX);
      await here.publish(FULL_OF_SECRETS);
      const answer = await here.post('dry_run=1', { env: { HTTP_AUTHORIZATION: `Bearer ${TOKEN}` } });
      expect(answer.result.diff).toContain('[redacted]');
      expect(answer.body).not.toContain(CLEAR_TEXT);
      expect(answer.result.warningCount).toBeGreaterThan(SECRETS.length * 4);
    }));

  const failures: readonly (readonly [
    what: string,
    env: Record<string, string>,
    plan: Plan,
    status: number,
  ])[] = [
    ['a store that is down', {}, always({ kind: 'reset', when: 'before-request' }), 502],
    ['a store that refuses', {}, always(s3Error(403, 'SignatureDoesNotMatch')), 502],
    [
      'a store that repeats the request',
      {},
      always({
        kind: 'answer',
        status: 400,
        body: `<Error><Code>AuthorizationHeaderMalformed</Code><Message>${KEYS.secretAccessKey} ${TOKEN}</Message><AWSAccessKeyId>${KEYS.accessKeyId}</AWSAccessKeyId></Error>`,
      }),
      502,
    ],
    ['a store whose code is a key', {}, always(s3Error(403, TOKEN.replaceAll('-', '.'))), 502],
    ['a store that answers nonsense', {}, always({ kind: 'answer', status: 200, body: TOKEN }), 502],
    [
      'a store that is too slow',
      { UPDATE_CONFIG_STORE_TIMEOUT: '0.5' },
      always({ kind: 'hang', after: 'request' }),
      504,
    ],
    ['an index too large', {}, always({ kind: 'huge', size: 2 ** 30, announced: true }), 422],
    ['keys that are wrong', { AWS_SECRET_ACCESS_KEY: `${KEYS.secretAccessKey}x` }, () => undefined, 502],
    ['half the settings', { AWS_ENDPOINT_URL_S3: '' }, () => undefined, 500],
    [
      'an endpoint that holds a password',
      { AWS_ENDPOINT_URL_S3: `http://me:${TOKEN}@127.0.0.1` },
      () => undefined,
      500,
    ],
    ['a key as the bucket', { BUCKET_NAME: KEYS.secretAccessKey }, () => undefined, 500],
    ['a token as a number', { UPDATE_CONFIG_STORE_TIMEOUT: TOKEN }, () => undefined, 500],
    ['a db dir named like the token', { RAILS_DB_VOLUME: `/nowhere/${TOKEN}` }, () => undefined, 500],
    ['another method', { REQUEST_METHOD: TOKEN }, () => undefined, 405],
    ['a body', { CONTENT_LENGTH: '12' }, () => undefined, 415],
    ['a length that is none', { CONTENT_LENGTH: TOKEN }, () => undefined, 400],
  ];
  test.concurrent.each(failures)('of %s', (_, env, plan, status) =>
    stations.use(async (here) => {
      await here.publishAnother();
      here.proxy.plan(plan);
      for (const authorization of [ADMINISTRATOR, `Bearer ${TOKEN}`]) {
        const accept = authorization === ADMINISTRATOR ? 'application/json' : '';
        const options = { env: { ...env, HTTP_AUTHORIZATION: authorization, HTTP_ACCEPT: accept } };
        expect(await ask(here, '', options)).toBe(status);
      }
    }),
  );

  test('of a command by hand, and of its lists', () =>
    stations.useBuilt(async (here) => {
      await here.publish(FULL_OF_SECRETS);
      for (const args of [
        ['--dry-run'],
        ['--dry-run', '--json'],
        [],
        ['--json'],
        ['--history'],
        ['--generations'],
      ]) {
        const answer = await here.machine.run(args);
        expect(answer.exitCode, answer.stdout).toBe(0);
        here.expectNoSecret(answer);
        expect(answer.stdout + answer.stderr).not.toContain(CLEAR_TEXT);
      }
      for (const args of [[TOKEN], ['--rollback', TOKEN], ['--app-root', `${here.logFile}/${TOKEN}`]]) {
        const answer = await here.machine.run(args);
        expect(answer.exitCode).toBeGreaterThan(0);
        here.expectNoSecret(answer);
      }
    }));
});
