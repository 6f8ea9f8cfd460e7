import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inIndex, type MailedWeb, startMailedWeb, tokenIn } from '../../../support/web/reset-mail.ts';
import { basic } from '../../../support/web/web-people.ts';
import type { TestServer } from '../../../support/web/web-server.ts';

let web: MailedWeb;
let server: TestServer;
beforeAll(async () => {
  web = await startMailedWeb();
  ({ server } = web);
});
afterAll(() => web.end());

const NEW = { password: 'correct horse', again: 'correct horse' };
const OWN = { email: 'four@example.com', name1: 'Four', name2: 'Sample' };

/** Asks for a link as nobody, from an address of its own, and gives the link of the mail. */
async function linkFor(who: string, from = '203.0.113.1'): Promise<string> {
  const answer = await server.post('/password/reset', { who }, 'nobody', { 'X-Forwarded-For': from });
  expect(answer.status).toBe(303);
  return await web.linkTo(who);
}

const login = async (userid: string, password: string) =>
  (await server.ask('/requests/', 'nobody', { headers: { Authorization: basic({ userid, password }) } }))
    .status;

describe('a forgotten password', () => {
  it('is set by the link of the mail, once, and counts here at once', async () => {
    const path = await linkFor('studio4');
    const page = await server.ask(path);
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain('value="studio4@example.com"');
    const token = tokenIn(path);
    const set = await server.post('/password/verify', { token, ...NEW, ...OWN });
    expect([set.status, set.headers.get('location')]).toEqual([
      303,
      expect.stringMatching(/^\.\.\/password\/changes\/[0-9a-v]{26}\?seal=/),
    ]);
    expect(await login('studio4', 'correct horse')).toBe(200);
    const [row] = inIndex<Record<string, string>>(server, "SELECT * FROM users WHERE userid = 'studio4'");
    expect(row).toMatchObject({ ...OWN, sites: expect.any(String) });
    expect(row?.['password']).toMatch(/^studio4:\$2b\$10\$/);
    expect((await server.ask(path)).status).toBe(410);
    expect((await server.post('/password/verify', { token, ...NEW, ...OWN })).status).toBe(410);
    const [change] = server.context.runs.changes({ kinds: ['password'] }).rows;
    expect(change).toMatchObject({ by: 'studio4', subject: 'studio4', action: 'update' });
    expect(JSON.stringify(change)).not.toMatch(/\$2b|correct horse/);
  });

  it('leaves the rights, the name and everything else to others', async () => {
    const before = inIndex<Record<string, unknown>>(server, "SELECT * FROM users WHERE userid = 'studio5'");
    const token = tokenIn(await linkFor('studio5', '203.0.113.2'));
    const more = {
      sites: 'index',
      userid: 'root',
      id: '1',
      'user[sites][index]': '1',
      token2: 'x',
      link: 'https://evil',
    };
    const set = await server.post('/password/verify', {
      ...{ ...NEW, ...more, token },
      ...{ email: 'studio5@example.com', name1: 'studio5', name2: 'Sample' },
    });
    expect(set.status).toBe(303);
    const after = inIndex<Record<string, unknown>>(server, "SELECT * FROM users WHERE userid = 'studio5'");
    const same = ({ password: _, updated_at: __, ...rest }: Record<string, unknown> = {}) => rest;
    expect(same(after[0])).toEqual(same(before[0]));
  });

  it('is asked for by an address that two users share, and each gets a link of her own', async () => {
    inIndex(server, "UPDATE users SET email = 'Both@Example.com' WHERE userid IN ('studio6', 'studio7')");
    const headers = { 'X-Forwarded-For': '203.0.113.3' };
    await server.post('/password/reset', { who: 'both@example.com' }, 'nobody', headers);
    const links = [await web.linkTo('studio6'), await web.linkTo('studio7')];
    const pages = await Promise.all(links.map(async (path) => (await server.ask(path)).text()));
    expect(pages.map((text) => /For the user <strong>([^<]+)</.exec(text)?.[1])).toEqual([
      'studio6',
      'studio7',
    ]);
  });

  it('is refused with what was typed and each field named, and the link stays good', async () => {
    const path = await linkFor('studio8', '203.0.113.4');
    const token = tokenIn(path);
    const own = { email: 'nonsense', name1: 'Typed', name2: '' };
    const cases = [
      [{ password: '', again: '' }, 'Type a new password.'],
      [{ password: 'correct horse', again: 'correct hearse' }, 'The two passwords are not the same.'],
      [{ password: 'studio8', again: 'studio8' }, 'at least 8 characters'],
      [{ password: 'password123', again: 'password123' }, 'one of the most common'],
    ] as const;
    for (const [typed, message] of cases) {
      const refused = await server.post('/password/verify', { token, ...typed, ...own });
      const text = await refused.text();
      expect([refused.status, text.includes(message)], message).toEqual([422, true]);
      expect(text).toContain('value="Typed"');
      expect(text).not.toContain('correct horse');
    }
    const refused = await server.post('/password/verify', { token, ...NEW, ...own });
    expect(await refused.text()).toContain('This is not an e-mail address');
    expect((await server.ask(path)).status).toBe(200);
  });
});

describe('a link', () => {
  it('is as good after a mail scanner has asked for it, and for its head', async () => {
    const path = await linkFor('studio9', '203.0.113.5');
    for (let count = 0; count < 5; count++) {
      expect((await server.ask(path, 'nobody', { method: 'HEAD' })).status).toBe(200);
      expect((await server.ask(path)).status).toBe(200);
    }
    expect((await server.post('/password/verify', { token: tokenIn(path), ...NEW, ...OWN })).status).toBe(
      303,
    );
  });

  it.each([
    ['none', ''],
    ['an empty one', '?token='],
    ['blanks', '?token=%20%20'],
    ['a shorter one', `?token=${'a'.repeat(42)}`],
    ['one of nobody', `?token=${'a'.repeat(43)}.${'1'.repeat(6)}.${'b'.repeat(43)}`],
    ['a joker', '?token=%25'],
    ['SQL', `?token=${encodeURIComponent("' OR 1=1 --")}`],
    ['two of them', '?token=&token='],
    ['very long', `?token=${'x'.repeat(8000)}`],
    ['what is no text', '?token=%ff%00%0d%0aSet-Cookie:x'],
  ])('that is %s matches nobody', async (_, query) => {
    inIndex(server, "UPDATE users SET token = '' WHERE userid = 'studio10'");
    inIndex(server, "UPDATE users SET token = NULL WHERE userid = 'studio11'");
    const before = inIndex(server, 'SELECT * FROM users');
    expect((await server.ask(`/password/verify${query}`)).status).toBe(410);
    const token = new URLSearchParams(query).get('token');
    const fields = { ...NEW, ...OWN, ...(token === null ? {} : { token }) };
    expect((await server.post('/password/verify', fields)).status).toBe(410);
    expect(inIndex(server, 'SELECT * FROM users')).toEqual(before);
  });

  it.each([
    [
      'password',
      "UPDATE users SET password = 'studio12:$2b$10$' || hex(randomblob(20)) WHERE userid = 'studio12'",
      12,
    ],
    ['address', "UPDATE users SET email = 'new@example.com' WHERE userid = 'studio13'", 13],
    ['userid', "UPDATE users SET userid = 'other', password = NULL WHERE userid = 'studio14'", 14],
  ])('is dead once another %s is set', async (_, sql, number) => {
    const path = await linkFor(`studio${number}`, `203.0.113.${100 + number}`);
    expect((await server.ask(path)).status).toBe(200);
    inIndex(server, sql);
    expect((await server.ask(path)).status).toBe(410);
    expect((await server.post('/password/verify', { token: tokenIn(path), ...NEW, ...OWN })).status).toBe(
      410,
    );
  });

  it('is dead once its user is gone, also for whoever gets her number', async () => {
    const path = await linkFor('studio15', '203.0.113.6');
    inIndex(
      server,
      "UPDATE users SET userid = 'newcomer', email = 'new@example.com' WHERE userid = 'studio15'",
    );
    expect((await server.ask(path)).status).toBe(410);
  });

  it('sets one password however many send it at once, and one run is asked for', async () => {
    const token = tokenIn(await linkFor('studio16', '203.0.113.7'));
    const passwords = ['first horse one', 'second horse two', 'third horse three'];
    const answers = await Promise.all(
      passwords.map((password) =>
        server.post('/password/verify', { token, password, again: password, ...OWN }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([303, 410, 410]);
    const logins = await Promise.all(passwords.map((password) => login('studio16', password)));
    expect(logins.filter((status) => status === 200)).toHaveLength(1);
    const { rows } = server.context.runs.changes({ kinds: ['password'], text: 'studio16' });
    expect(rows.map(({ run }) => run)).toEqual([expect.any(String)]);
  });

  it('tells other pages nothing of its address, and the log nothing at all', async () => {
    const path = await linkFor('studio17', '203.0.113.8');
    const page = await server.ask(path);
    expect(page.headers.get('referrer-policy')).toBe('strict-origin');
    expect(page.headers.get('cache-control')).toBe('no-store');
    const text = await page.text();
    const token = tokenIn(path);
    expect(text.split(token)).toHaveLength(2); // the hidden field, and no address
    expect(text).not.toContain(`?token=`);
    await server.post('/password/verify', { token, password: 'x', again: 'x', ...OWN });
    expect(server.log.join('\n')).not.toContain(token.slice(0, 20));
  });
});
