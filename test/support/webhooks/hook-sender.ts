import { randomUUID } from 'node:crypto';
import { Webhooks } from '@octokit/webhooks';
import { Webhook } from 'standardwebhooks';

/** Secrets as they stand in files, and what a server reads of them. */
export const KEY = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const OLD_KEY = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
export const SECRET = 'its-a-secret-to-everybody';
export const TOKEN = 'a-token-of-the-object-store';

export const HOOK_ENV = {
  WEBHOOK_KEY: `# since November\n${KEY}\n${OLD_KEY}\n`,
  WEBHOOK_GITHUB_SECRET: SECRET,
  WEBHOOK_STORE_TOKEN: TOKEN,
} as const;

/** A request that others have signed: npm standardwebhooks and npm @octokit/webhooks. */
export interface Signed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function webhook(
  value: unknown,
  { id = `msg_${randomUUID()}`, key = KEY, at = new Date() } = {},
): Signed {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    body,
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
      'webhook-signature': new Webhook(key).sign(id, at, body),
    },
  };
}

export async function github(
  event: string,
  value: unknown,
  { id = randomUUID() as string, secret = SECRET } = {},
): Promise<Signed> {
  const body = JSON.stringify(value);
  return {
    body,
    headers: {
      'Content-Type': 'application/json',
      'X-GitHub-Event': event,
      'X-GitHub-Delivery': id,
      'X-Hub-Signature-256': await new Webhooks({ secret }).sign(body),
    },
  };
}

/** What GitHub sends of a push, as far as anybody reads it. */
export function push(branch: string, more: object = {}): object {
  return {
    ref: `refs/heads/${branch}`,
    deleted: false,
    repository: { id: 7, default_branch: 'main' },
    ...more,
  };
}

/** As Tigris tells of an object, https://www.tigrisdata.com/docs/buckets/object-notifications/. */
export function tigris(etag: string, more: object = {}, key = 'db/index.sqlite3'): object {
  const event = { eventVersion: '1', eventSource: 'tigris', eventName: 'OBJECT_CREATED_PUT' };
  const object = { key, size: 1024, eTag: etag };
  return {
    events: [{ ...event, eventTime: '2026-11-30T20:00:00.000Z', bucket: 'showcase', object, ...more }],
  };
}

/** As Amazon S3 tells of one. */
export function amazon(etag: string, more: object = {}, key = 'db/index.sqlite3'): object {
  const object = { key, size: 1024, eTag: etag, sequencer: '0055AED6DCD90281E5' };
  const record = { eventVersion: '2.1', eventSource: 'aws:s3', eventTime: '2026-11-30T20:00:00.000Z' };
  return {
    Records: [
      { ...record, eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'showcase' }, object }, ...more },
    ],
  };
}
