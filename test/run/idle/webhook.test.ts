/** Who is told when databases were uploaded: the admin host then fetches them. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventIndex, Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

let store: EventStore;
let iad: Region;
let hook: Server;
let asked: IncomingMessage[];
let answer: { status: number; headers?: Record<string, string> } | null;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env, eventIndex());
  asked = [];
  answer = { status: 200 };
  hook = createServer((request, response) => {
    asked.push(request);
    if (answer) response.writeHead(answer.status, answer.headers).end('fetched');
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  hook.closeAllConnections();
  await new Promise((resolve) => hook.close(resolve));
  iad.remove();
  await store.close();
});

const origin = () => `http://127.0.0.1:${(hook.address() as AddressInfo).port}`;
const set = (path = '/webhook/showcase?word=hidden') => ({ SYNC_WEBHOOK: `${origin()}${path}` });

describe('after an upload the webhook', () => {
  it.each(['idle', 'tenant-stop', 'sync-databases'] as const)(
    'is called once by %s, without a body',
    async (name) => {
      iad.write('2026-boston', 'first');
      const { exitCode, stdout } = await iad.script(name, [], {
        env: { RAILS_APP_DB: '2026-boston', ...set() },
      });
      expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
      expect(stdout).toContain(`Note: told ${origin()} of the uploads (SYNC_WEBHOOK)`);
      expect(stdout).not.toContain('hidden');
      expect(asked.map(({ method, url }) => [method, url])).toEqual([
        ['GET', '/webhook/showcase?word=hidden'],
      ]);
      const names = Object.keys(asked[0]?.headers ?? {});
      expect(names.sort()).toEqual(['connection', 'host']);
      // Nothing is uploaded any more.
      await iad.script(name, [], { env: { RAILS_APP_DB: '2026-boston', ...set() } });
      expect(asked).toHaveLength(1);
    },
  );

  it('is not called in a dry run, nor if it is not set', async () => {
    iad.write('2026-boston', 'first');
    await iad.script('idle', [], { env: { ...set(), UPLOADING_APP: 'another' } });
    await iad.runHere(['--dry-run'], set());
    await iad.script('idle');
    expect(await store.event('2026-boston')).toBe('first');
    expect(asked).toEqual([]);
  });

  it.each([
    ['answers an error', { status: 500 }, 'answered 500'],
    ['leads elsewhere', { status: 302, headers: { location: '/elsewhere' } }, 'answered 302'],
    ['does not answer', null, 'gave no answer within 8 s'],
  ])('does not affect the run if it %s', async (_, given, why) => {
    answer = given;
    iad.write('2026-boston', 'first');
    const { exitCode, stdout } = await iad.runHere([], set());
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain(
      `Warning: the webhook at ${origin()} (SYNC_WEBHOOK) ${why}: the uploads were not announced`,
    );
    expect(stdout).not.toContain('hidden');
    expect(asked).toHaveLength(1);
    expect(await store.event('2026-boston')).toBe('first');
  });

  it('does not affect the run if the connection is refused', async () => {
    iad.write('2026-boston', 'first');
    const { exitCode, stdout } = await iad.script('idle', [], {
      env: { SYNC_WEBHOOK: 'http://127.0.0.1:1/' },
    });
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain('(SYNC_WEBHOOK) cannot be asked (ECONNREFUSED)');
  });

  it.each(['ftp://example.com/', 'rubix', 'https://user:secret@example.com/'])(
    'cannot be %s, which does not prevent an upload',
    async (url) => {
      iad.write('2026-boston', 'first');
      const { exitCode, stdout } = await iad.runHere([], { SYNC_WEBHOOK: url });
      expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
      expect(stdout).toContain(
        'Warning: SYNC_WEBHOOK must be an http or https URL without user and password',
      );
      expect(stdout).not.toContain('user:secret');
      expect(await store.event('2026-boston')).toBe('first');
    },
  );
});
