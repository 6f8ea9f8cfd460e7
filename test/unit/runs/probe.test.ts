import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Probe, probeLive } from '../../../src/runs/probe-live.ts';
import { closeServer } from '../../support/runs/close-server.ts';

let server: Server;
let base: string;
let asked: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  asked = [];
  answer = (_, response) => response.end();
  server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => closeServer(server));

const EVENT = '/showcase/2027/boston/gala/';

const probe = (changes: Partial<Probe> = {}) =>
  probeLive({
    url: `${base}${EVENT}`,
    authorization: () => null,
    revision: '"r"',
    requestMs: 10_000,
    checkMs: 1,
    firstCheckPauseMs: 1,
    inTurn: (request) => request(),
    signal: new AbortController().signal,
    ...changes,
  });

describe('an event is live', () => {
  it.each([
    ['a page', 200, {}],
    ['nothing in it', 204, {}],
    ['a demand for a login', 401, { 'WWW-Authenticate': 'Basic' }],
    ['the same address with another ending', 301, { Location: '/showcase/2027/boston/gala' }],
    ['an address below its own', 302, { Location: 'heats' }],
    ['the login page of the platform', 302, { Location: '/showcase/login' }],
    ['a demand for a login by its query', 302, { Location: '/?login' }],
  ])('if it answers with %s', async (_, status, headers) => {
    answer = (_request, response) => void response.writeHead(status, headers).end();
    expect(await probe()).toMatchObject({ isLive: true, status, tries: 1, revision: '"r"' });
  });

  it('as soon as it answers with what belongs there, not before', async () => {
    answer = (_, response) => void response.writeHead(asked.length < 4 ? 404 : 200).end();
    const result = await probe({ checkMs: 60_000 });
    expect(result).toMatchObject({ isLive: true, tries: 4, reason: 'it answers 200' });
    expect(Date.parse(result?.at ?? '')).toBeGreaterThan(0);
  });

  it('as soon as its server answers at all', async () => {
    answer = (request, response) => void (asked.length < 3 ? request.socket.destroy() : response.end());
    expect(await probe({ checkMs: 60_000 })).toMatchObject({ isLive: true, tries: 3 });
  });
});

describe('an event is not live', () => {
  it.each([
    ['not found', 404, {}],
    ['forbidden', 403, {}],
    ['a bad gateway', 502, {}],
    ['a server that starts', 503, {}],
    ['the first page', 302, { Location: '/showcase/' }],
    ['another event that begins alike', 302, { Location: '/showcase/2027/boston/gala-2/' }],
    ['another host', 302, { Location: 'https://elsewhere.example/showcase/2027/boston/gala/' }],
    ['another port of its host', 302, { Location: 'http://127.0.0.1:1/showcase/2027/boston/gala/' }],
    ['no address', 302, { Location: 'http://' }],
    ['a redirect to nowhere', 302, {}],
  ])('if it answers with %s until the time is up', async (_, status, headers) => {
    answer = (_request, response) => void response.writeHead(status, headers).end();
    const result = await probe();
    expect(result).toMatchObject({ isLive: false, status });
  });

  it('if nothing listens there', async () => {
    await closeServer(server);
    expect(await probe()).toMatchObject({
      isLive: false,
      status: null,
      reason: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  it('if it takes too long', async () => {
    answer = () => {};
    const result = await probe({ requestMs: 20 });
    expect(result).toMatchObject({ isLive: false, reason: 'no answer within 0.02 s' });
  });

  it('if its address is none', async () => {
    expect(await probe({ url: '/showcase/' })).toMatchObject({
      isLive: false,
      reason: expect.stringMatching(/not an http/),
    });
  });

  it('if there are no credentials where some are configured', async () => {
    const authorization = () => {
      throw new Error('no password');
    };
    expect(await probe({ authorization })).toMatchObject({
      isLive: false,
      reason: expect.stringMatching(/no password/),
    });
  });
});

describe('the request', () => {
  it('carries the credentials for that host, and no cookie', async () => {
    answer = (_, response) =>
      void response.writeHead(asked.length < 3 ? 404 : 200, { 'Set-Cookie': 'a=b' }).end();
    await probe({ checkMs: 60_000, authorization: (url) => `Bearer for-${url.hostname}` });
    expect(asked.map(({ headers }) => [headers.authorization, headers.cookie])).toEqual(
      [1, 2, 3].map(() => ['Bearer for-127.0.0.1', undefined]),
    );
  });

  it('follows no redirect', async () => {
    answer = (_, response) => void response.writeHead(302, { Location: `${EVENT}x` }).end();
    await probe();
    expect(asked).toHaveLength(1);
  });

  it('is given up with the check', async () => {
    const stop = new AbortController();
    answer = () => stop.abort();
    expect(await probe({ signal: stop.signal, checkMs: 60_000 })).toBeNull();
  });

  it('does not read what is endless', async () => {
    answer = (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    };
    expect(await probe()).toMatchObject({ isLive: true });
  });
});
