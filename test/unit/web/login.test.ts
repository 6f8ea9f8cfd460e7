import { renameSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_PASSWORD } from '../../../dev/sample/people.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { Route } from '../../../src/web/route.ts';
import { ROUTES } from '../../../src/web/routes.ts';
import { exchange, rawPost } from '../../support/servers/raw-http.ts';
import { ACCOUNTS, basic } from '../../support/web/web-people.ts';
import { startWeb, type TestServer, tokenOf } from '../../support/web/web-server.ts';

const answer = ({ params }: { params: Readonly<Record<string, string>> }) =>
  new Response(params['key'] ?? 'done');
const PROBES: readonly Route[] = [
  { method: 'GET', path: '/studios/:key/probe', who: 'owner', answer },
  { method: 'GET', path: '/all', who: 'administrator', answer },
  { method: 'POST', path: '/write', who: 'user', answer },
  { method: 'POST', path: '/open', who: 'public', answer },
];

const start = () =>
  startWeb({ routes: [...ROUTES, ...PROBES], env: { PUBLIC_URL_FLY: 'https://smooth.fly.dev/showcase' } });

/** Changes the live index, as another program does. */
function edit({ indexPath }: TestServer, sql: string, ...values: unknown[]): void {
  const db = openDatabase(indexPath);
  try {
    db.prepare(sql).run(...values);
  } finally {
    db.close();
  }
}

describe('a right', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await start();
  });
  const statusOf = async (path: string, role: 'owner' | 'user' | 'administrator') =>
    (await server.ask(path, role)).status;

  it('of an owner is for her studio and its sisters, and no other', async () => {
    const { owned, sister, other } = server.studios;
    expect(await statusOf(`/studios/${owned}/probe`, 'owner')).toBe(200);
    expect(await statusOf(`/studios/${sister}/probe`, 'owner')).toBe(200);
    expect(await statusOf(`/studios/${other}/probe`, 'owner')).toBe(403);
    expect(await statusOf('/studios/nowhere/probe', 'owner')).toBe(403);
    expect(await statusOf(`/studios/${owned.toUpperCase()}/probe`, 'owner')).toBe(403);
    expect(await statusOf(`/studios/${other}/probe`, 'administrator')).toBe(200);
  });

  it('is not that of another row with the same userid, whose password nobody has', async () => {
    const { userid } = ACCOUNTS.user;
    const sql = `INSERT INTO users (id, userid, password, email, sites, created_at, updated_at)
      VALUES (-1, ?, 'damaged', 'twin@example.com', 'index', '', '')`;
    edit(server, sql, userid);
    expect(await statusOf('/all', 'user')).toBe(403);
    edit(server, 'DELETE FROM users WHERE id = -1');
  });

  it('to a key that two studios have is that to the first one, which the key means', async () => {
    const { owned, other } = server.studios;
    edit(server, 'UPDATE locations SET key = ? WHERE key = ?', 'kept', owned);
    edit(server, 'UPDATE locations SET id = -1, key = ? WHERE key = ?', 'kept', other);
    expect(await statusOf('/studios/kept/probe', 'owner')).toBe(403);
    edit(server, 'UPDATE locations SET key = ? WHERE id = -1', other);
    expect(await statusOf('/studios/kept/probe', 'owner')).toBe(200);
    edit(server, 'UPDATE locations SET key = ? WHERE key = ?', owned, 'kept');
  });

  it('counts from the next request on, and no longer than the index says', async () => {
    const { other } = server.studios;
    const { userid } = ACCOUNTS.user;
    const path = `/studios/${other}/probe`;
    expect(await statusOf(path, 'user')).toBe(403);
    edit(
      server,
      'UPDATE locations SET user_id = (SELECT id FROM users WHERE userid = ?) WHERE key = ?',
      userid,
      other,
    );
    expect(await statusOf(path, 'user')).toBe(200);
    edit(server, 'UPDATE locations SET user_id = NULL WHERE key = ?', other);
    expect(await statusOf(path, 'user')).toBe(403);
  });

  it('of an administrator is nobody else’s when nobody is one', async () => {
    edit(server, "UPDATE users SET sites = '' WHERE userid = ?", ACCOUNTS.administrator.userid);
    for (const role of ['administrator', 'owner', 'user'] as const)
      expect(await statusOf('/all', role)).toBe(403);
    edit(server, "UPDATE users SET sites = 'index' WHERE userid = ?", ACCOUNTS.administrator.userid);
    expect(await statusOf('/all', 'administrator')).toBe(200);
  });

  it('ends with the row of its user', async () => {
    edit(server, 'DELETE FROM users WHERE userid = ?', ACCOUNTS.user.userid);
    expect(await statusOf('/requests/', 'user')).toBe(401);
  });
});

describe('a login', () => {
  it('that is missing or wrong is asked for', async () => {
    const server = await start();
    for (const authorization of [
      '',
      'Basic',
      'Basic !!!',
      'Bearer token',
      basic({ userid: 'ada', password: 'x' }),
    ]) {
      const headers = authorization === '' ? {} : { Authorization: authorization };
      const refused = await server.ask('/requests/', 'nobody', { headers });
      expect([authorization, refused.status]).toEqual([authorization, 401]);
      expect(refused.headers.get('www-authenticate')).toBe('Basic realm="Showcase", charset="UTF-8"');
    }
    expect(server.log.join('\n')).toContain('a login as "ada" from 127.0.0.1 failed');
  });

  it('that failed often is answered with a time to wait, by the address before the proxy', async () => {
    const server = await start();
    const from = (address: string, password: string) =>
      server.ask('/requests/', 'nobody', {
        headers: { 'X-Forwarded-For': address, Authorization: basic({ userid: 'studio1', password }) },
      });
    for (let count = 0; count < 5; count++) expect((await from('203.0.113.7', 'wrong')).status).toBe(401);
    const refused = await from('203.0.113.7', SAMPLE_PASSWORD);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await from('203.0.113.8', SAMPLE_PASSWORD)).status).toBe(200);
  });

  it('is impossible without an index, and possible again with it', async () => {
    const server = await start();
    edit(server, 'ALTER TABLE users RENAME TO people');
    const refused = await server.ask('/requests/', 'administrator');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.text(), 'whoever has not logged in is told no path').not.toContain(server.home);
    writeFileSync(`${server.indexPath}.bad`, 'no database');
    renameSync(server.indexPath, `${server.indexPath}.good`);
    renameSync(`${server.indexPath}.bad`, server.indexPath);
    const damaged = await server.ask('/requests/', 'administrator');
    expect([damaged.status, (await damaged.text()).includes(server.home)]).toEqual([503, false]);
    expect(server.log.join('\n')).toContain(server.indexPath);
    renameSync(`${server.indexPath}.good`, server.indexPath);
    edit(server, 'ALTER TABLE people RENAME TO users');
    expect((await server.ask('/requests/', 'administrator')).status).toBe(200);
  });
});

describe('a form', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await start();
  });
  const own = () => `http://127.0.0.1:${server.port}`;

  it.each<[string, () => Record<string, string>, number]>([
    ['from its own page', () => ({ Origin: own(), 'Sec-Fetch-Site': 'same-origin' }), 200],
    [
      'from a page behind the proxy',
      () => ({ Origin: 'https://rubix.example', 'X-Forwarded-Host': 'rubix.example' }),
      200,
    ],
    ['from a page of the public site', () => ({ Origin: 'https://smooth.fly.dev' }), 200],
    ['from a program', () => ({}), 200],
    ['from another site', () => ({ Origin: 'https://evil.example' }), 403],
    ['from another site by a link of it', () => ({ 'Sec-Fetch-Site': 'cross-site' }), 403],
    ['from another host of the domain', () => ({ Origin: own(), 'Sec-Fetch-Site': 'same-site' }), 403],
    ['from a page without an origin', () => ({ Origin: 'null' }), 403],
    ['from another port', () => ({ Origin: 'http://127.0.0.1:1' }), 403],
  ])('%s is answered as it should be', async (_, headers, status) => {
    expect((await server.post('/write', {}, 'user', headers())).status).toBe(status);
    expect((await server.post('/open', {}, 'nobody', headers())).status).toBe(status);
  });

  it.each<[string, () => Record<string, string>]>([
    ['no token', () => ({ 'form-token': '' })],
    ['the token of somebody else', () => tokenOf(server.context, 'owner')],
    ['a token of nobody', () => tokenOf(server.context, 'nobody')],
    [
      'a notice in place of a token',
      () => ({
        'form-token': server.context.seals.seal(
          { purpose: 'notice', subjects: [ACCOUNTS.user.userid] },
          60_000,
        ),
      }),
    ],
  ])('with %s is refused', async (_, token) => {
    expect((await server.post('/write', token(), 'user')).status).toBe(403);
  });

  it('of JSON needs no token, and is refused to other sites all the same', async () => {
    const init = { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } };
    expect((await server.ask('/write', 'user', init)).status).toBe(200);
    const wrong = { ...init, body: JSON.stringify(tokenOf(server.context, 'owner')) };
    expect((await server.ask('/write', 'user', wrong)).status, 'with that of somebody else').toBe(403);
    const headers = { ...init.headers, Origin: 'https://evil.example' };
    expect((await server.ask('/write', 'user', { ...init, headers })).status).toBe(403);
  });

  it('may be looked at from everywhere', async () => {
    const headers = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await server.ask('/requests/', 'user', { headers })).status).toBe(200);
  });

  it('from a stranger counts no forwarded host: only a trusted proxy is believed', async () => {
    const strict = await startWeb({
      routes: [...ROUTES, ...PROBES],
      env: { WEB_TRUSTED_PROXIES: '10.0.0.1' },
    });
    const headers = { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example' };
    expect((await strict.post('/write', {}, 'user', headers)).status).toBe(403);
    const bytes = rawPost(
      `${strict.context.base}/requests/`,
      { 'X-Forwarded-For': '10.9.9.9', Authorization: basic({ userid: 'ada', password: 'x' }) },
      '',
      'GET',
    );
    expect((await exchange(strict.port, bytes)).status).toBe(401);
    expect(strict.log.join('\n')).toContain('from 127.0.0.1 failed');
  });
});
