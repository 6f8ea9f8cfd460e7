import { expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { readStoreSettings } from '../../../src/store/store-settings.ts';

const FULL = {
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'very-secret',
  AWS_ENDPOINT_URL_S3: 'https://store.example/',
};

function failureOf(env: NodeJS.ProcessEnv): Failure {
  try {
    readStoreSettings(env);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('no failure');
}

test('the store settings are null without the three variables, or with empty ones', () => {
  expect(readStoreSettings({})).toBeNull();
  expect(readStoreSettings({ AWS_REGION: 'auto', BUCKET_NAME: 'other' })).toBeNull();
  expect(
    readStoreSettings({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' }),
  ).toBeNull();
});

test('the store settings need three variables; region, bucket and time-out have defaults', () => {
  expect(readStoreSettings(FULL)).toEqual({
    endpoint: 'https://store.example',
    region: 'auto',
    bucket: 'showcase',
    accessKeyId: 'key',
    secretAccessKey: 'very-secret',
    timeoutMs: 30_000,
  });
  expect(
    readStoreSettings({ ...FULL, AWS_REGION: '', BUCKET_NAME: '', UPDATE_CONFIG_STORE_TIMEOUT: '' }),
  ).toEqual(readStoreSettings(FULL));
});

test('the store settings take region, bucket and time-out from the environment', () => {
  const more = { AWS_REGION: 'iad', BUCKET_NAME: 'my.bucket-2', UPDATE_CONFIG_STORE_TIMEOUT: '2.5' };
  expect(readStoreSettings({ ...FULL, ...more })).toMatchObject({
    region: 'iad',
    bucket: 'my.bucket-2',
    timeoutMs: 2500,
  });
});

test('the store settings with some of the three variables are an error that names the missing ones, and no value', () => {
  for (const names of [1, 2, 3, 4, 5, 6].map((bits) => Object.keys(FULL).filter((_, i) => bits & (1 << i)))) {
    const env = Object.fromEntries(
      Object.entries({ ...FULL }).map(([k, v]) => [k, names.includes(k) ? v : '']),
    );
    const failure = failureOf(env);
    expect(failure.code).toBe('config-invalid');
    const missing = Object.keys(FULL).filter((name) => !names.includes(name));
    expect(failure.message).toContain(`not ${missing.join(' and ')}`);
    expect(failure.message.split('but not')[1]?.match(/AWS_\w+/g)).toEqual(missing);
    const toSet = failure.hint.slice(0, failure.hint.indexOf(' or '));
    for (const name of missing) expect(toSet).toContain(name);
    expect(failure.message + failure.hint).not.toContain('very-secret');
  }
});

test.each([
  'store.example',
  'no url at all',
  'ftp://store.example',
  'https://user:very-secret@store.example',
  'https://store.example/?x=very-secret',
  'https://store.example/#x',
  '//store.example',
])('the store settings refuse the endpoint %s', (endpoint) => {
  const failure = failureOf({ ...FULL, AWS_ENDPOINT_URL_S3: endpoint });
  expect(failure).toMatchObject({ code: 'config-invalid' });
  expect(failure.message).toContain('AWS_ENDPOINT_URL_S3');
  expect(failure.message).not.toContain('very-secret');
});

test.each(['0', '-1', 'NaN', '1e3', '30s', '86401', '99999999', 'soon', 'Infinity', ' '])(
  'the store settings refuse the time-out %j',
  (timeout) => {
    const failure = failureOf({ ...FULL, UPDATE_CONFIG_STORE_TIMEOUT: timeout });
    expect(failure.message).toContain('UPDATE_CONFIG_STORE_TIMEOUT');
  },
);

test.each(['auto\n', 'übersee', 'a/b', '*', 'us-east-1.', '-a', 'a b', `${'a'.repeat(64)}`])(
  'the store settings refuse the region %j, as the client that uploads would do later',
  (region) => {
    const failure = failureOf({ ...FULL, AWS_REGION: region });
    expect(failure).toMatchObject({ code: 'config-invalid' });
    expect(failure.message).toContain('AWS_REGION');
  },
);

test.each(['UPPER', 'a', 'a/b', '../x', 'bucket?x', '-bucket', 'a\nRESULT {}'])(
  'the store settings refuse the bucket %j',
  (bucket) => {
    expect(failureOf({ ...FULL, BUCKET_NAME: bucket }).message).toContain('BUCKET_NAME');
  },
);

test.each([
  ['AWS_ACCESS_KEY_ID', 'tid_very-secret\n'],
  ['AWS_SECRET_ACCESS_KEY', 'tid_very-secret\n'],
  ['AWS_SECRET_ACCESS_KEY', ' tid_very-secret'],
  ['AWS_SESSION_TOKEN', 'tid_very-secret '],
  ['AWS_ACCESS_KEY_ID', 'tid_very-secret\r\nX: y'],
])(
  'the store settings refuse %s with characters that no header can have, without quoting it: %j',
  (name, value) => {
    const failure = failureOf({ ...FULL, [name]: value });
    expect(failure.code).toBe('config-invalid');
    expect(failure.message).toContain(name);
    expect(failure.message + failure.hint).not.toContain('very-secret');
  },
);
