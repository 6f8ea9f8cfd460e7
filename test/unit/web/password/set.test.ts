import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halfFailed, machine, report, told } from '../../../support/runs/played-update.ts';
import { inIndex, type MailedWeb, startMailedWeb } from '../../../support/web/reset-mail.ts';
import { ACCOUNTS, basic } from '../../../support/web/web-people.ts';
import type { TestServer } from '../../../support/web/web-server.ts';

let web: MailedWeb;
let server: TestServer;
beforeAll(async () => {
  web = await startMailedWeb();
  ({ server } = web);
});
afterAll(() => web.end());

const login = async (userid: string, password: string) =>
  (await server.ask('/requests/', 'nobody', { headers: { Authorization: basic({ userid, password }) } }))
    .status;

const idOf = (userid: string): number =>
  inIndex<{ id: number }>(server, 'SELECT id FROM users WHERE userid = ?', userid)[0]?.id ?? 0;

/** Has an administrator set a password; gives the path of the page that shows what becomes of it. */
async function setOf(userid: string, on: TestServer = server): Promise<string> {
  const password = 'correct horse';
  const answer = await on.post(
    `/admin/users/${idOf(userid)}/password`,
    { password, again: password },
    'administrator',
  );
  expect(answer.status).toBe(303);
  return (answer.headers.get('location') ?? '').replace(/^(?:\.\.\/)+/, '/');
}

interface News {
  readonly title: string;
  readonly detail: string;
  readonly percent: number | null;
  readonly isOver: boolean;
  readonly known: string;
}

async function newsOf(path: string, more = '', on: TestServer = server): Promise<News> {
  const answer = await on.ask(`${path.replace('?', '.json?')}${more}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as News;
}

async function endOf(path: string, on: TestServer = server): Promise<News> {
  let news = await newsOf(path, '', on);
  while (!news.isOver) news = await newsOf(path, `&wait=25&known=${news.known}`, on);
  return news;
}

describe('the own password', () => {
  it('is set by who knows the present one, and counts here at once', async () => {
    const { userid, password: present } = ACCOUNTS.owner;
    const fields = { password: 'correct horse', again: 'correct horse' };
    const refused = await server.post('/password/', { ...fields, present: 'wrong' }, 'owner');
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('This is not your present password.');
    const without = await server.post('/password/', fields, 'owner');
    expect([without.status, await login(userid, 'correct horse')]).toEqual([422, 401]);
    const set = await server.post('/password/', { ...fields, present }, 'owner');
    expect(set.status).toBe(303);
    expect([await login(userid, present), await login(userid, 'correct horse')]).toEqual([401, 200]);
    const [change] = server.context.runs.changes({ kinds: ['password'] }).rows;
    expect(change).toMatchObject({ by: userid, subject: userid, studio: null });
    // The browser has the old one; the page that comes next does not ask for any.
    const path = (set.headers.get('location') ?? '').replace(/^(?:\.\.\/)+/, '/');
    const page = await server.ask(path, 'owner');
    expect([page.status, (await page.text()).includes('with the new password from now on')]).toEqual([
      200,
      true,
    ]);
  });

  it('is nobody else’s, whatever the form says', async () => {
    const { password: present, userid } = ACCOUNTS.user;
    const before = inIndex(server, 'SELECT * FROM users WHERE userid <> ?', userid);
    const fields = {
      present,
      password: 'correct horse',
      again: 'correct horse',
      userid: 'ada',
      username: 'ada',
      id: '1',
    };
    expect((await server.post('/password/', fields, 'user')).status).toBe(303);
    expect(inIndex(server, 'SELECT * FROM users WHERE userid <> ?', userid)).toEqual(before);
  });

  it('is asked for no more than a few times by who does not know it', async () => {
    const fields = { present: 'guess', password: 'correct horse', again: 'correct horse' };
    const headers = { 'X-Forwarded-For': '203.0.113.50' };
    const statuses: number[] = [];
    for (let count = 0; count < 7; count++) {
      const answer = await server.post(
        '/password/',
        { ...fields, present: `guess ${count}` },
        'administrator',
        headers,
      );
      statuses.push(answer.status);
    }
    expect(statuses).toContain(429);
  });
});

describe('the password of a user', () => {
  it('is set by an administrator, and nobody is asked for the old one', async () => {
    await setOf('studio5');
    expect(await login('studio5', 'correct horse')).toBe(200);
    const [change] = server.context.runs.changes({ kinds: ['password'] }).rows;
    expect(change).toMatchObject({ by: ACCOUNTS.administrator.userid, subject: 'studio5' });
  });

  it('is refused if it is a poor one', async () => {
    const fields = { password: 'studio6', again: 'studio6' };
    const refused = await server.post(`/admin/users/${idOf('studio6')}/password`, fields, 'administrator');
    expect([refused.status, (await refused.text()).includes('at least 8')]).toEqual([422, true]);
  });

  it('is chosen by the user herself with a link that is mailed to her', async () => {
    const answer = await server.post(`/admin/users/${idOf('studio7')}/password/mail`, {}, 'administrator');
    expect(answer.status).toBe(303);
    const path = await web.linkTo('studio7');
    expect((await server.ask(path)).status).toBe(200);
    expect(web.mail.mails.at(-1)?.text).toContain(`It was sent by ${ACCOUNTS.administrator.userid}.`);
  });

  it.each(['0', '999999', '1e3', '-1', 'abc', '1%27', '01x', '9'.repeat(30)])(
    'with the number %s is nobody’s',
    async (id) => {
      expect((await server.ask(`/admin/users/${id}/password`, 'administrator')).status).toBe(404);
    },
  );
});

describe('the page of a change', () => {
  it('counts the machines as they take it, and ends when all have', async () => {
    const own = await startMailedWeb();
    const { played, server: on } = own;
    played.hold();
    const machines = [machine('m1'), machine('m2')];
    const skipped = [{ id: 'm3', region: 'iad', state: 'suspended' }];
    played.play({ lines: told(report({ machines, skipped })) });
    const path = await setOf('studio8', on);
    const page = await (await on.ask(path)).text();
    expect(page).toContain('http-equiv="refresh"');
    expect(await newsOf(path, '', on)).toMatchObject({ title: 'Your new password is saved', isOver: false });
    const end = endOf(path, on);
    await played.letGo();
    expect(await end).toMatchObject({
      title: 'All machines have your new password',
      detail: 'The old one works nowhere any more. 1 machine that sleeps gets it on waking.',
      percent: 100,
    });
    const over = await (await on.ask(path)).text();
    expect(over).not.toContain('http-equiv="refresh"');
    await own.end();
  });

  it('says where the old password still works when a machine failed for good', async () => {
    web.played.play({ lines: told(halfFailed('unauthorized')), exit: 1 });
    const { title, detail } = await endOf(await setOf('studio9'));
    expect(title).toBe('Your new password is saved');
    expect(detail).toBe(
      'One machine does not have it yet: there the old password works. An administrator sees it, and can try again.',
    );
    expect(detail).not.toContain('m2');
  });

  it('says so when no machine is running', async () => {
    web.played.play({ lines: told(report({ outcome: 'nothing-to-do', machines: [] })), exit: 3 });
    const { detail } = await endOf(await setOf('studio10'));
    expect(detail).toBe('No machine is running just now: each gets it when it starts.');
  });

  it('is for whoever has its seal, for that change alone', async () => {
    web.played.play({});
    const one = await setOf('studio11');
    const other = await setOf('studio12');
    const seal = new URL(one, 'http://localhost').searchParams.get('seal') ?? '';
    const id = /changes\/([^?]+)/.exec(other)?.[1] ?? '';
    for (const path of [
      `/password/changes/${id}?${new URLSearchParams({ seal })}`,
      `/password/changes/${id}`,
      `/password/changes/${id}?seal=`,
      '/password/changes/nothing?seal=1.a',
    ]) {
      expect((await server.ask(path)).status).toBe(410);
      expect(
        (await server.ask(path.includes('?') ? path.replace('?', '.json?') : `${path}.json`)).status,
      ).toBe(410);
    }
    // Not for changes of another kind, whoever asks.
    const update = server.context.runs.publish('ada', 'administrator');
    const sealed = server.context.passwords.watchPath(update);
    expect((await server.ask(sealed)).status).toBe(410);
  });

  it('refuses a wait that is none, and waits for nothing once it is over', async () => {
    const path = await setOf('studio13');
    await endOf(path);
    const bad = await server.ask(`${path.replace('?', '.json?')}&wait=-1`);
    expect(bad.status).toBe(400);
    const { known } = await newsOf(path);
    expect(await newsOf(path, `&wait=25&known=${known}`)).toMatchObject({ isOver: true });
  });
});

describe('who is refused', () => {
  it('is told of a new password, and of a forgotten one', async () => {
    const refused = await server.ask('/requests/', 'nobody', {
      headers: { Authorization: basic({ userid: 'studio5', password: 'the old one' }) },
    });
    const text = await refused.text();
    expect(refused.status).toBe(401);
    expect(text).toContain('If you have set a new one, log in with that.');
    expect(text).toMatch(/<a href="[^"]*password\/reset">Forgotten your password\?<\/a>/);
  });
});
