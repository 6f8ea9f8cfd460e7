import { Failure } from '../failure.ts';
import { readSeconds } from '../settings.ts';
import type { StoreSettings } from './object-store.ts';

const REQUIRED = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL_S3'] as const;

/**
 * Where the object store is, from the environment; null when none is configured at all (then the local index is used
 * as it is). An empty variable counts as an absent one. Nothing else is consulted: no AWS profile, no proxy variable.
 *
 * @throws {Failure} `config-invalid` when some but not all of the three needed variables are set (it names the missing
 * ones), or when a value makes no sense. Keys are never part of a message.
 */
export function readStoreSettings(env: NodeJS.ProcessEnv): StoreSettings | null {
  const missing = REQUIRED.filter((name) => !env[name]);
  if (missing.length === REQUIRED.length) return null;
  if (missing.length > 0) {
    const present = REQUIRED.filter((name) => env[name]);
    throw new Failure(
      'config-invalid',
      `object store: ${present.join(' and ')} set, but not ${missing.join(' and ')}`,
      { hint: `Set ${missing.join(' and ')} too, or none of ${REQUIRED.join(', ')} to use the local index.` },
    );
  }
  return {
    endpoint: readEndpoint(env['AWS_ENDPOINT_URL_S3'] ?? ''),
    region: readRegion(env['AWS_REGION'] || 'auto'),
    bucket: readBucket(env['BUCKET_NAME'] || 'showcase'),
    accessKeyId: readSigned(env, 'AWS_ACCESS_KEY_ID', ''),
    secretAccessKey: readSigned(env, 'AWS_SECRET_ACCESS_KEY', ''),
    ...(env['AWS_SESSION_TOKEN'] ? { sessionToken: readSigned(env, 'AWS_SESSION_TOKEN', '') } : {}),
    timeoutMs: readSeconds(env, 'UPDATE_CONFIG_STORE_TIMEOUT', 30),
  };
}

/** These values are in the header of every signed request. A line end from a file would make each of them fail. */
function readSigned(env: NodeJS.ProcessEnv, name: string, preset: string): string {
  const value = env[name] || preset;
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new Failure(
    'config-invalid',
    `object store: ${name} has characters that an HTTP header cannot have`,
    {
      hint: `Set ${name} anew, without white space or line ends around it.`,
    },
  );
}

function readEndpoint(value: string): string {
  const url = URL.parse(value);
  // The value is not repeated: a URL may hold a password.
  const invalid = (problem: string) =>
    new Failure('config-invalid', `object store: AWS_ENDPOINT_URL_S3 ${problem}`, {
      hint: 'Set AWS_ENDPOINT_URL_S3 to something like https://fly.storage.tigris.dev.',
    });
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw invalid('is not an http(s) URL');
  if (url.username || url.password) throw invalid('must not hold a user or a password');
  if (url.search || url.hash) throw invalid('must not have a query or a fragment');
  return url.href.replace(/\/+$/, '');
}

/** A label of a host name: the client that uploads refuses any other, only later. */
function readRegion(value: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(value)) return value;
  throw new Failure('config-invalid', 'object store: AWS_REGION is not the name of a region', {
    hint: 'Set AWS_REGION to the name alone, such as us-east-1, or unset it for "auto".',
  });
}

function readBucket(value: string): string {
  // Some stores allow low lines. The names of Amazon's directory buckets end so; these are asked in another way.
  if (/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(value) && !value.endsWith('--x-s3')) return value;
  throw new Failure('config-invalid', 'object store: BUCKET_NAME is not the name of a bucket', {
    hint: 'A bucket has 3 to 63 lower-case letters, digits, dots, hyphens and low lines; a directory bucket (--x-s3) does not do.',
  });
}
