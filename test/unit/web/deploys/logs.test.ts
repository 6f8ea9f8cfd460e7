import { beforeAll, describe, expect, it } from 'vitest';
import type { DeployAnswer } from '../../../../src/web/deploys/deploy-frames.ts';
import { KEY } from '../../../support/callbacks/vectors.ts';
import { CallbackSender, keptRun, lineOf } from '../../../support/web/deploys/callback-sender.ts';
import { inIndex } from '../../../support/web/reset-mail.ts';
import { ACCOUNTS } from '../../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

let server: TestServer;
/** Milliseconds by which the server's clock is ahead. */
let ahead = 0;

beforeAll(async () => {
  server = await startWeb({ context: { now: () => Date.now() + ahead } });
  server.context.deploys.projects.addKey('default', KEY);
});

let count = 0;
const newSender = () => new CallbackSender(server, { deploy: `deploy-${++count}.x` });
const ask = (path: string) => server.ask(path, 'administrator');
const get = async (path: string) => (await (await ask(path)).json()) as DeployAnswer;
const numbersIn = ({ lines }: DeployAnswer) => lines.map(({ seq }) => seq);

describe('the lines of a run', () => {
  it('are those above a number, in the order of their numbers, as many as are asked for', async () => {
    const sender = newSender();
    await sender.start();
    await sender.lines([lineOf(3), lineOf(4)]);
    await sender.lines([lineOf(1), lineOf(2)]);
    const all = await get(`/deploys/${sender.deploy}/logs`);
    expect(numbersIn(all)).toEqual([1, 2, 3, 4]);
    expect(all).toMatchObject({ run: { run: sender.run, lastSeq: 4 }, cursor: all.run.cursor, end: false });
    expect(numbersIn(await get(`/deploys/${sender.deploy}/logs?after=1&limit=2`))).toEqual([2, 3]);
  });

  it('are those behind a cursor, in the order in which they came', async () => {
    const sender = newSender();
    await sender.lines([lineOf(3), lineOf(4)]);
    const first = await get(`/deploys/${sender.deploy}/logs?cursor=0`);
    await sender.lines([lineOf(1), lineOf(2)]);
    const next = await get(`/deploys/${sender.deploy}/logs?cursor=${first.cursor}`);
    expect([numbersIn(first), numbersIn(next)]).toEqual([
      [3, 4],
      [1, 2],
    ]);
    const part = await get(`/deploys/${sender.deploy}/logs?cursor=0&limit=3`);
    const rest = await get(`/deploys/${sender.deploy}/logs?cursor=${part.cursor}`);
    expect([...numbersIn(part), ...numbersIn(rest)]).toEqual([3, 4, 1, 2]);
  });

  it('may be those of some levels alone', async () => {
    const sender = newSender();
    await sender.lines([
      lineOf(1),
      lineOf(2, 'no', { level: 'error' }),
      lineOf(3, 'hm', { level: 'warning' }),
    ]);
    expect(numbersIn(await get(`/deploys/${sender.deploy}/logs?level=error,warning`))).toEqual([2, 3]);
    expect(numbersIn(await get(`/deploys/${sender.deploy}/logs?level=error&cursor=0`))).toEqual([2]);
  });

  it('end once the run has ended and none is missing', async () => {
    const sender = newSender();
    await sender.lines([lineOf(2)]);
    await sender.complete();
    const path = `/deploys/${sender.deploy}/logs`;
    expect((await get(path)).end).toBe(false);
    await sender.lines([lineOf(1)]);
    expect((await get(path)).end).toBe(true);
    expect((await get(`${path}?limit=2`)).end).toBe(false);
    expect((await get(`${path}?cursor=0&limit=1`)).end).toBe(false);
    expect((await get(`${path}?after=2&wait=25`)).end).toBe(true);
  });

  it('end a quarter of an hour after the run has, whatever is missing', async () => {
    const sender = newSender();
    await sender.lines([lineOf(2)]);
    await sender.complete();
    const path = `/deploys/${sender.deploy}/logs?after=2&wait=25`;
    ahead = 15 * 60_000;
    const answer = await get(path);
    ahead = 0;
    expect(answer).toMatchObject({ lines: [], end: true });
  });

  it.each(['after=1', 'cursor=CURSOR'])('with %s are waited for', async (query) => {
    const sender = newSender();
    await sender.say('one');
    const { cursor } = keptRun(server, sender.deploy);
    const asked = get(`/deploys/${sender.deploy}/logs?${query.replace('CURSOR', `${cursor}`)}&wait=25`);
    await expect.poll(() => server.context.watchers.count).toBe(1);
    await sender.say('two');
    expect(numbersIn(await asked)).toEqual([2]);
    await expect.poll(() => server.context.watchers.count).toBe(0);
  });

  it('are answered without any when the time is up, or when the state changes', async () => {
    const sender = newSender();
    await sender.say('one');
    const path = `/deploys/${sender.deploy}/logs?after=1`;
    expect(await get(`${path}&wait=1`)).toMatchObject({ lines: [], end: false, run: { status: null } });
    const asked = get(`${path}&wait=25`);
    await expect.poll(() => server.context.watchers.count).toBe(1);
    await sender.fail();
    expect(await asked).toMatchObject({ lines: [], end: true, run: { status: 'failed' } });
  });

  it('are those of the run that is named, by our id or its own', async () => {
    const { deploy, run } = newSender();
    const [first, second] = [run, `${run}b`].map((name) => new CallbackSender(server, { deploy, run: name }));
    await first?.say('of the first');
    await second?.say('of the second');
    const { id } = keptRun(server, deploy);
    const messages = await Promise.all(
      ['', `?run=${id}`, `?run=${run}`].map((query) => get(`/deploys/${deploy}/logs${query}`)),
    );
    expect(messages.map(({ lines }) => lines[0]?.message)).toEqual([
      'of the second',
      'of the second',
      'of the first',
    ]);
    expect((await ask(`/deploys/${deploy}/logs?run=nothing`)).status).toBe(404);
    expect((await ask('/deploys/nothing/logs')).status).toBe(404);
  });

  it.each(['after=-1', 'cursor=x', 'limit=5001', 'wait=26', 'level=debug', 'level=info,'])(
    'asked for with %s are refused',
    async (query) => {
      const sender = newSender();
      await sender.say('one');
      expect((await ask(`/deploys/${sender.deploy}/logs?${query}`)).status).toBe(400);
    },
  );

  it('of a poll that waits are not told to whoever is no administrator any more', async () => {
    const sender = newSender();
    await sender.say('one');
    const { userid } = ACCOUNTS.administrator;
    const path = `/deploys/${sender.deploy}/logs?after=1&wait=25`;
    const asked = server.ask(path, 'administrator');
    await expect.poll(() => server.context.watchers.count).toBe(1);
    inIndex(server, "UPDATE users SET userid = 'somebody' WHERE userid = ?", userid);
    await sender.say('two');
    expect((await asked).status).toBe(403);
    inIndex(server, "UPDATE users SET userid = ? WHERE userid = 'somebody'", userid);
  });
});

describe('a log as text', () => {
  it('has every line of a long run', async () => {
    const sender = newSender();
    await sender.start();
    for (let at = 0; at < 5; at += 1)
      await sender.lines(Array.from({ length: 500 }, (_, index) => lineOf(at * 500 + index + 1)));
    await sender.complete();
    const answer = await ask(`/deploys/${sender.deploy}/logs.txt`);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="deploy-${sender.deploy}-1.txt"`,
    );
    const lines = (await answer.text()).split('\n');
    expect(lines).toHaveLength(2501);
    expect([lines[0], lines[2499]]).toEqual([
      '1 2026-01-02T03:04:05.680Z line 1',
      '2500 2026-01-02T03:04:05.680Z line 2500',
    ]);
  });

  it('says what is missing in its place', async () => {
    const sender = newSender();
    await sender.post('logs', {
      logs: [lineOf(3, 'three'), lineOf(6, 'six', { level: 'error' })],
      ...sender.envelope,
      first_seq: 3,
      last_seq: 6,
      lost: [[4, 5]],
    });
    await sender.post('logs', { logs: [], ...sender.envelope, first_seq: 9, last_seq: 8 });
    const text = await (await ask(`/deploys/${sender.deploy}/logs.txt`)).text();
    expect(text.split('\n').map((line) => line.replace(/\d{4}-\S+Z /, ''))).toEqual([
      '1 GAP lines 1–2 have not arrived',
      '3 three',
      '4 GAP lines 4–5 were refused',
      '6 ERROR six',
      '7 GAP lines 7–8 have not arrived',
      '',
    ]);
  });
});
