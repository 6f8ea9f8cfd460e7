import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { ticketFor } from '../../../src/web/run/live-ticket.ts';
import { PlayedUpdate } from '../../support/runs/played-update.ts';
import { exchange, open, rawPost } from '../../support/servers/raw-http.ts';
import { LiveClient } from '../../support/web/live-client.ts';
import { ACCOUNTS, type Role } from '../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

type Account = Exclude<Role, 'nobody'>;

const homes = mkdtempSync(join(tmpdir(), 'watch-'));
const all: PlayedUpdate[] = [];
afterAll(() => {
  for (const one of all) one.close();
  rmSync(homes, { recursive: true });
});

/** A server with a run that waits in its middle, for a change of the owner's studio that somebody else has made. */
async function held(rows: readonly object[] = []) {
  const played = new PlayedUpdate(join(homes, `${all.length}`));
  all.push(played);
  played.hold();
  const server = await startWeb({ command: played.command });
  const { runs, seals } = server.context;
  const change = runs.intend({
    by: 'somebody',
    kind: 'studio',
    action: 'update',
    subject: server.studios.owned,
    studio: server.studios.owned,
    before: { name: 'Boston', trust_level: 25 },
    after: { name: 'Boston', trust_level: 50 },
    rows: rows as [],
  });
  runs.saved(change, { publish: true });
  const run = runs.change(change)?.run ?? '';
  await expect.poll(() => runs.run(run)?.state).toBe('running');
  const ticketOf = (role: Account): string => ticketFor(run, ACCOUNTS[role], seals);
  const watch = (role: Account) => new LiveClient(server.url, { run, ticket: ticketOf(role) });
  return { server, run, change, ticketOf, watch, letGo: () => played.letGo() };
}

function takeStudioAway({ indexPath, studios }: TestServer): void {
  const db = openDatabase(indexPath);
  db.prepare('UPDATE locations SET user_id = NULL WHERE key = ?').run(studios.owned);
  db.close();
}

describe('a right that is taken away', () => {
  it('ends a WebSocket before anything more is told', async () => {
    const { server, watch, letGo } = await held();
    const client = watch('owner');
    await client.until('state');
    const told = client.frames.length;
    takeStudioAway(server);
    await letGo();
    expect(await client.ended).toEqual({ code: 1012 });
    expect(client.frames.slice(told)).toEqual([]);
  });

  it.each(['runs/RUN/events?wait=25', 'requests/CHANGE/state?wait=25&known=KNOWN'])(
    'ends a long poll of %s by a refusal',
    async (address) => {
      const { server, run, change, letGo } = await held();
      const { known } = (await (await server.ask(`/requests/${change}/state`, 'owner')).json()) as {
        known: string;
      };
      const path = address.replace('RUN', run).replace('CHANGE', change).replace('KNOWN', known);
      const asked = server.ask(`/${path}`, 'owner');
      await expect.poll(() => server.context.watchers.count).toBe(1);
      takeStudioAway(server);
      await letGo();
      expect((await asked).status).toBe(403);
    },
  );

  it('that made an administrator leaves to a WebSocket what others may see', async () => {
    const { server, run, watch, letGo } = await held();
    const db = openDatabase(server.indexPath);
    const client = watch('administrator');
    await client.until('state');
    db.prepare("UPDATE users SET sites = ' Index,a' WHERE userid = ?").run(ACCOUNTS.administrator.userid);
    db.close();
    await letGo();
    expect(await client.ended).toEqual({ code: 1012 });
    expect((await server.ask(`/runs/${run}`, 'administrator')).status).toBe(403);
  });
});

describe('one person with all the places', () => {
  it('keeps nobody else from watching: the oldest place is given to a newcomer', async () => {
    const { server, watch } = await held();
    const { watchers } = server.context;
    const clients = Array.from({ length: 200 }, () => watch('owner'));
    await Promise.all(clients.map((client) => client.until('state')));
    expect(await watch('owner').ended).toEqual({ status: 503 });
    const other = watch('administrator');
    await other.until('state');
    const [gone] = await Promise.race(clients.map(async (client) => [await client.ended]));
    expect(gone).toEqual({ code: 1012 });
    expect(watchers.count).toBe(200);
  });

  it('by long polls keeps nobody else from watching either', async () => {
    const { server, run, watch } = await held();
    const asked = Array.from({ length: 200 }, () => server.ask(`/runs/${run}/events?wait=25`, 'owner'));
    await expect.poll(() => server.context.watchers.count).toBe(200);
    await watch('administrator').until('state');
    expect((await Promise.race(asked)).status).toBe(200);
  });
});

describe('a handshake that comes to nothing', () => {
  const handshake = (base: string, query: Readonly<Record<string, string>>, more: Record<string, string>) =>
    rawPost(
      `${base}/live?${new URLSearchParams(query)}`,
      { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', ...more },
      '',
      'GET',
    );

  it.each([
    ['no key', {}],
    ['a key that is none', { 'Sec-WebSocket-Key': 'x' }],
    ['an old version', { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Version': '8' }],
  ])('by %s takes no place for ever', async (_, more) => {
    const { server, run, ticketOf } = await held();
    const query = { run, ticket: ticketOf('owner') };
    const bytes = handshake(server.context.base, query, { ...more, Connection: 'Upgrade, close' });
    expect((await exchange(server.port, bytes)).status).toBe(400);
    expect(server.context.watchers.count).toBe(0);
  });

  it('since its sender is gone at once takes no place for ever', async () => {
    const { server, run, ticketOf } = await held();
    const query = { run, ticket: ticketOf('owner') };
    const key = { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==' };
    for (let count = 0; count < 20; count++) {
      const socket = await open(server.port);
      socket.on('error', () => {}).write(handshake(server.context.base, query, key));
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    expect((await server.ask('/up')).status).toBe(200);
    await expect.poll(() => server.context.watchers.count).toBe(0);
  });
});

describe('a change as JSON', () => {
  const ROWS = [{ table: 'users', id: 7, before: { email: 'other@example.com' }, after: null }];

  it('shows an owner nothing of the rows of others that went along', async () => {
    const { server, run, change } = await held(ROWS);
    for (const path of [`/requests/${change}.json`, `/requests/${change}/state`, `/runs/${run}.json`]) {
      const text = await (await server.ask(path, 'owner')).text();
      expect(text).toContain(change);
      expect(text).not.toMatch(/other@example|trust_level/);
    }
  });

  it('shows an administrator all of it', async () => {
    const { server, change } = await held(ROWS);
    const text = await (await server.ask(`/requests/${change}.json`, 'administrator')).text();
    expect(text).toMatch(/other@example.*trust_level|trust_level.*other@example/);
  });
});
