import bcrypt from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { inIndex, type MailedWeb, startMailedWeb, tokenIn } from '../../../support/web/reset-mail.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

let web: MailedWeb;
let server: TestServer;
beforeAll(async () => {
  web = await startMailedWeb();
  ({ server } = web);
});
afterAll(() => web.end());

describe('a question for a new password', () => {
  it('is answered the same, by the same work, whether there is such a user', async () => {
    const hashes = vi.spyOn(bcrypt, 'hash');
    const compares = vi.spyOn(bcrypt, 'compare');
    const answers: unknown[] = [];
    for (const who of [
      'studio18',
      'nobody-at-all',
      'studio18@example.com',
      "' OR '1'='1",
      '\u0000',
      'x'.repeat(5000),
    ]) {
      const puts = vi.spyOn(server.context.mail, 'askForPassword');
      const answer = await server.post('/password/reset', { who }, 'nobody', {
        'X-Forwarded-For': '203.0.113.9',
      });
      const { date: _, ...headers } = Object.fromEntries(answer.headers);
      answers.push([answer.status, headers, await answer.text(), puts.mock.calls.length]);
      puts.mockRestore();
    }
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect([hashes.mock.calls.length, compares.mock.calls.length]).toEqual([0, 0]);
    vi.restoreAllMocks();
  });

  it('is refused for a while after ten from one address, and from that one alone', async () => {
    const ask = (from: string) =>
      server.post('/password/reset', { who: 'nobody' }, 'nobody', { 'X-Forwarded-For': from });
    for (let count = 0; count < 10; count++) expect((await ask('198.51.100.7')).status).toBe(303);
    const refused = await ask('198.51.100.7');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await ask('198.51.100.8')).status).toBe(303);
    for (let count = 0; count < 10; count++) await ask(`2001:db8::${count}`);
    expect((await ask('2001:db8::ffff')).status).toBe(429);
  });

  it('without a name is refused in words', async () => {
    const refused = await server.post('/password/reset', { who: ' ' });
    expect([refused.status, (await refused.text()).includes('Type your userid')]).toEqual([422, true]);
  });

  it('from another site is refused', async () => {
    const headers = { Origin: 'https://evil.example' };
    expect((await server.post('/password/reset', { who: 'studio1' }, 'nobody', headers)).status).toBe(403);
    expect((await server.post('/password/reset', { who: 'studio1', 'form-token': '' })).status).toBe(403);
  });

  it('never puts another host into the link', async () => {
    await server.post('/password/reset', { who: 'studio19' }, 'nobody', {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-For': '203.0.113.10',
    });
    expect(await web.linkTo('studio19')).toContain('/password/verify?token=');
    expect(JSON.stringify(web.mail.mails)).not.toContain('evil.example');
  });
});

describe('a server without mail', () => {
  it('says so, and keeps the question for administrators, who make a link', async () => {
    const plain = await startWeb({ command: web.played.command });
    expect(await (await plain.ask('/password/reset')).text()).toContain('This server sends no mail');
    await plain.post('/password/reset', { who: 'studio4' });
    const [user] = inIndex<{ id: number }>(plain, "SELECT id FROM users WHERE userid = 'studio4'");
    await expect.poll(() => plain.context.mail.waitingForLink()).toHaveLength(1);
    const page = await (await plain.ask(`/admin/users/${user?.id}/password`, 'administrator')).text();
    expect(page).toContain('Asked for a link');
    const made = await plain.post(`/admin/users/${user?.id}/password/link`, {}, 'administrator');
    const [, path = ''] = /value="http:\/\/[^/]+\/showcase(\/password[^"]+)"/.exec(await made.text()) ?? [];
    expect((await plain.ask(path)).status).toBe(200);
    expect(plain.log.join('\n')).toContain('ada made a link for the password of studio4');
    expect(plain.log.join('\n')).not.toContain(tokenIn(path));
  });
});
