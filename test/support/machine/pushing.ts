import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type CgiAnswered, type Machine, parseAnswer, postVariables, type RunOptions } from './machine.ts';

/** A key as Standard Webhooks writes it. */
export const newKey = (bytes = 32): string => `whsec_${randomBytes(bytes).toString('base64')}`;

/** Gives a machine the file with keys that root alone can read. */
export function giveKeys(machine: Machine, content: string, mode = 0o600): string {
  const path = join(machine.home, 'push-key');
  rmSync(path, { force: true });
  writeFileSync(path, content, { mode });
  machine.env = { ...machine.env, UPDATE_CONFIG_KEY_FILE: path };
  return path;
}

export interface Pushing {
  readonly key: string;
  /** Compressed, unless told otherwise. */
  readonly index: Buffer;
  readonly encoding?: string;
  readonly id?: string;
  /** Seconds since 1970. */
  readonly at?: number | string;
  /** In place of what belongs there. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface Request {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Signs as the standard says, word for word, and not by the code that is tested. */
export function signature(key: string, id: string, timestamp: string, body: Buffer): string {
  const secret = Buffer.from(key.replace(/^whsec_/, ''), 'base64');
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return `v1,${createHmac('sha256', secret).update(content).digest('base64')}`;
}

/** The headers and body of a push. */
export function pushOf(pushing: Pushing): Request {
  const { key, index, encoding = 'gzip', id = `msg_${randomUUID()}` } = pushing;
  const timestamp = String(pushing.at ?? Math.floor(Date.now() / 1000));
  const body = encoding === 'gzip' ? gzipSync(index) : index;
  const all: Record<string, string | undefined> = {
    'Content-Type': 'application/vnd.sqlite3',
    'Content-Encoding': encoding === '' ? undefined : encoding,
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature(key, id, timestamp, body),
    ...pushing.headers,
  };
  const given = Object.entries(all).filter((one): one is [string, string] => one[1] !== undefined);
  return { headers: Object.fromEntries(given), body };
}

/** What CGI makes of a request with a body. */
export function cgiVariables({ headers, body }: Request, query = ''): Record<string, string> {
  const variables: Record<string, string> = { ...postVariables(query), CONTENT_LENGTH: String(body.length) };
  for (const [name, value] of Object.entries(headers)) {
    const upper = name.toUpperCase().replaceAll('-', '_');
    variables[upper.startsWith('CONTENT_TYPE') ? upper : `HTTP_${upper}`] = value;
  }
  return variables;
}

/** Runs update_config as CGI for a push. */
export async function push(
  machine: Machine,
  request: Request,
  query = '',
  options: RunOptions = {},
): Promise<CgiAnswered> {
  const env = { ...cgiVariables(request, query), ...options.env };
  return parseAnswer(await machine.run([], { input: request.body, ...options, env }));
}
