import { backoff, pause } from '../../backoff.ts';
import { Failure } from '../../failure.ts';
import { httpFor } from '../../http-for.ts';
import { parseJson } from '../../json.ts';
import { exchange, type Reply, retryAfterMs } from '../exchange.ts';
import type { Listing } from '../fleet-model.ts';
import type { FleetSettings } from '../fleet-settings.ts';
import { notAList, readMachines } from './fly-machines.ts';

const ATTEMPTS = 4;
/** Milliseconds. The API allows one list a second. */
const LEAST_PAUSE_MS = 1000;
/** Milliseconds. If the API asks for a longer pause, the run reports that instead of waiting. */
const LONGEST_WAIT_MS = 60_000;
const TIMEOUT_MS = 30_000;
/** Bytes: some kilobytes for each of thousands of machines. */
const MAX_BYTES = 64 * 1024 * 1024;

/** @throws {Failure} `fleet-unreachable`, `config-invalid` */
export async function listByApi(settings: FleetSettings, signal: AbortSignal): Promise<Listing> {
  const { app, apiUrl, apiToken } = settings.fly;
  const source = 'the Machines API';
  if (apiToken === null)
    throw new Failure('config-invalid', `${source} needs a token`, { hint: 'Set FLY_API_TOKEN.' });
  const url = new URL(`${apiUrl.href.replace(/\/+$/, '')}/v1/apps/${app}/machines`);
  const agent = new (httpFor(url).Agent)();
  const headers = { Authorization: `Bearer ${apiToken}`, Accept: 'application/json' };
  for (let attempt = 1; ; attempt++) {
    const reply = await exchange({
      method: 'GET',
      url,
      headers,
      agent,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      signal,
    });
    if (reply.kind === 'answered' && reply.status === 200) {
      const value = parseJson(reply.body);
      if (value === undefined) throw notAList(source, 'it is not JSON');
      return readMachines(value, source);
    }
    const waitMs = waitFor(reply);
    if (waitMs === null || waitMs > LONGEST_WAIT_MS || attempt === ATTEMPTS || signal.aborted)
      throw unreachable(app, reply);
    await pause(LEAST_PAUSE_MS + Math.max(waitMs - LEAST_PAUSE_MS, backoff(settings, attempt)), signal);
  }
}

/** Milliseconds to wait before another attempt, at least; null if no attempt would help. */
function waitFor(reply: Reply): number | null {
  if (reply.kind === 'too-large' || reply.kind === 'aborted') return null;
  if (reply.kind !== 'answered') return 0;
  if (reply.status !== 408 && reply.status !== 429 && reply.status < 500) return null;
  return retryAfterMs(reply.headers, Date.now()) ?? 0;
}

function unreachable(app: string, reply: Reply): Failure {
  const [reason, hint] = explain(app, reply);
  return new Failure(
    'fleet-unreachable',
    `the Machines API does not list the machines of ${app}: ${reason}`,
    {
      hint,
    },
  );
}

function explain(app: string, reply: Reply): [reason: string, hint: string] {
  const again = 'Try again; FLEET_FLY_SOURCE=flyctl asks flyctl instead.';
  if (reply.kind === 'unreachable') return [`no connection (${reply.code})`, again];
  if (reply.kind === 'timed-out') return [`no answer within ${TIMEOUT_MS / 1000} s`, again];
  if (reply.kind !== 'answered') return [`the answer is ${reply.kind}`, again];
  const reason = `status ${reply.status}`;
  if (reply.status >= 300 && reply.status < 400)
    return [
      `${reason}: the address leads elsewhere`,
      'Set FLY_API_HOSTNAME to where the Machines API answers.',
    ];
  switch (reply.status) {
    case 401:
    case 403:
      return [reason, 'Set FLY_API_TOKEN to a token that is still valid for this app (fly tokens create).'];
    case 404:
      return [reason, `Check the name of the app, ${app} (FLEET_FLY_APP), and FLY_API_HOSTNAME.`];
    case 429:
      return [`${reason}, too many requests`, 'Wait a while, then try again.'];
    default:
      return [reason, again];
  }
}
