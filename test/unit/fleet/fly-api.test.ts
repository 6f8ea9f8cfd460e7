import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Listing } from '../../../src/fleet/fleet-model.ts';
import { type FleetSettings, readFleetSettings } from '../../../src/fleet/fleet-settings.ts';
import { createTarget } from '../../../src/fleet/targets/all-targets.ts';
import { CONSOLE, flyMachine } from '../../support/fleet/listings.ts';
import { failureOf } from '../../support/suite/failure.ts';

/** As fly makes them; never to be seen. */
const TOKEN = 'FlyV1 fm2_lJPECAAAAAAAAAAAxBCg,fm2_lJPETp8z';

let server: Server;
let asked: { at: number; request: IncomingMessage }[];
let answers: ((response: ServerResponse) => void)[];
beforeEach(async () => {
  asked = [];
  answers = [];
  server = createServer((request, response) => {
    asked.push({ at: performance.now(), request });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

function list(
  changes: Partial<FleetSettings> = {},
  env: Record<string, string> = {},
  signal = new AbortController().signal,
): Promise<Listing> {
  const { port } = server.address() as AddressInfo;
  const read = readFleetSettings({
    FLY_API_TOKEN: TOKEN,
    FLY_API_HOSTNAME: `http://127.0.0.1:${port}`,
    FLY_CLI_PATH: '/no/such/flyctl',
    ...env,
  });
  return createTarget('fly', { ...read, firstPauseMs: 1, ...changes }).list(signal);
}

const json = (value: unknown) => (response: ServerResponse) => void response.end(JSON.stringify(value));
const status =
  (code: number, headers: Record<string, string> = {}, text = '{"error":"x"}') =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end(text);

describe('a list of machines from the Machines API', () => {
  it('is requested with the token, which has priority over flyctl', async () => {
    answers = [json([flyMachine('d1'), flyMachine('d2', { state: 'suspended' }), flyMachine('d3', CONSOLE)])];
    expect(await list()).toEqual({
      active: [{ id: 'd1', state: 'started', region: 'iad' }],
      skipped: [{ id: 'd2', state: 'suspended', region: 'iad' }],
      source: 'the Machines API, 1 of other process groups left out',
    });
    expect(asked.length).toBe(1);
    const { method, url, headers } = asked[0]?.request ?? {};
    expect({ method, url }).toEqual({ method: 'GET', url: '/v1/apps/smooth/machines' });
    expect(headers?.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('is requested below the path of the base URL', async () => {
    answers = [json([])];
    const { port } = server.address() as AddressInfo;
    await list({}, { FLY_API_HOSTNAME: `http://127.0.0.1:${port}/proxy/`, FLEET_FLY_APP: 'other' });
    expect(asked[0]?.request.url).toBe('/proxy/v1/apps/other/machines');
  });

  it('is requested again after a transient error, at most once a second, and not before Retry-After', async () => {
    answers = [status(429, { 'Retry-After': '2' }), status(503), json([flyMachine('d1')])];
    expect((await list()).active.length).toBe(1);
    const [first = 0, second = 0, third = 0] = asked.map(({ at }) => at);
    // Timers may fire a millisecond early.
    expect(second - first).toBeGreaterThan(1990);
    expect(third - second).toBeGreaterThan(990);
  });

  it.each([
    [401, 'FLY_API_TOKEN'],
    [403, 'FLY_API_TOKEN'],
    [404, 'FLEET_FLY_APP'],
    [422, 'FLEET_FLY_SOURCE'],
    [302, 'FLY_API_HOSTNAME'],
  ])('that fails with %d is not requested again, and the hint names %s', async (code, hint) => {
    answers = [status(code, { Location: '/elsewhere' })];
    const failure = await failureOf(() => list());
    expect(failure).toMatchObject({ code: 'fleet-unreachable', hint: expect.stringContaining(hint) });
    expect(failure.message).toContain(`status ${code}`);
    expect(asked.length).toBe(1);
    expect(`${failure.message}${failure.hint}${failure.stack}`).not.toContain('fm2_');
  });

  it('that needs a long wait is given up', async () => {
    answers = [status(429, { 'Retry-After': '3600' })];
    expect((await failureOf(() => list())).message).toContain('status 429, too many requests');
    expect(asked.length).toBe(1);
  });

  it.each([
    ['it is not JSON', '<html>'],
    ['it is not an array', '{"machines":[]}'],
    ['an element of it is not an object', '[null]'],
    ['it has a machine without a valid id', JSON.stringify([flyMachine('d1\nX: y')])],
  ])('is refused with the reason: %s', async (reason, text) => {
    answers = [status(200, {}, text)];
    const failure = await failureOf(() => list());
    expect(failure).toMatchObject({ code: 'fleet-unreachable' });
    expect(failure.message).toContain(reason);
  });

  it('that cannot be requested is an error when the run ends', async () => {
    const stop = new AbortController();
    answers = [
      (response) => {
        stop.abort();
        response.destroy();
      },
    ];
    const failure = await failureOf(() => list({}, {}, stop.signal));
    expect(failure.code).toBe('fleet-unreachable');
  });
});

describe('the choice between API, flyctl and DNS', () => {
  it('is a setting, and a way says what it lacks', async () => {
    const without = { FLY_API_TOKEN: '', FLEET_FLY_SOURCE: 'api' };
    expect(await failureOf(() => list({}, without))).toMatchObject({
      code: 'config-invalid',
      hint: expect.stringContaining('FLY_API_TOKEN'),
    });
    expect(await failureOf(() => list({}, { FLEET_FLY_SOURCE: 'flyctl' }))).toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('/no/such/flyctl'),
    });
    expect(asked).toEqual([]);
  });
});
