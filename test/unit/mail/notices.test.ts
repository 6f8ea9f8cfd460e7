import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change, Run } from '../../../src/runs/run-model.ts';
import { MailServer } from '../../support/mail/mail-server.ts';
import { USERS, user } from '../../support/mail/played-mail.ts';
import { PostRoom } from '../../support/mail/post-room.ts';

const DAY_MS = 86_400_000;

let server: MailServer;
let room: PostRoom;
beforeEach(async () => {
  server = await new MailServer().start();
  room = new PostRoom();
});
afterEach(async () => {
  await room.remove();
  await server.stop();
});

const toAll = () => server.mails.flatMap(({ receivers }) => receivers).sort();

function change(id: string, more: Partial<Change> = {}): Change {
  const at = new Date().toISOString();
  const result = { isLive: true, reason: 'it answers 401', status: 401, revision: null, at, tries: 1 };
  return {
    ...{ id, at, by: 'ann', kind: 'event', action: 'create', subject: '2027/boston/gala', studio: 'boston' },
    ...{ before: null, after: { id: 7, name: 'Gala', date: '2027-05-01' }, state: 'live', target: 'fly' },
    ...{ run: 'run-1', live: { url: 'https://smooth.example/showcase/2027/boston/gala', result } },
    problem: null,
    ...more,
  } as Change;
}

function run(id: string, more: Partial<Run> = {}): Run {
  const error = { code: 'machine-failed', message: '1 machine failed (m2)', hint: 'Look at it.' } as const;
  const at = new Date().toISOString();
  return {
    ...{ id, target: 'fly', state: 'failed', attempt: 4, trigger: 'request', by: 'ann' },
    ...{ madeAt: at, beganAt: at, endedAt: at, notBefore: null, report: null, error },
    ...{ exitCode: 1, lastSeq: 0, next: null },
    ...more,
  } as Run;
}

describe('an event that is live', () => {
  it('is told to who asked for it, with its address, once', async () => {
    const mail = room.open(server.url);
    room.changes = [change('one')];
    mail.start();
    mail.heard(new Set(['one']));
    const [got] = await server.has(1);
    expect(got?.receivers).toEqual(['ann@example.com']);
    expect(got?.subject).toBe('Gala is live');
    expect(got?.html).toContain('href="https://smooth.example/showcase/2027/boston/gala"');
    mail.heard(new Set(['one']));
    await room.close();
    room.changes = [...room.changes, change('two', { by: 'root' })];
    room.open(server.url).start();
    await server.has(2);
    expect(toAll()).toEqual(['ann@example.com', 'root@example.com']);
  });

  it('is not told if its address does not answer, since it was moved or deleted again, or if it is no new one', async () => {
    const mail = room.open(server.url);
    const at = new Date().toISOString();
    const result = { isLive: false, reason: 'it answers 404', status: 404, revision: null, at, tries: 9 };
    const gone = change('gone', {
      live: { url: 'https://smooth.example/showcase/2027/boston/gala', result },
    });
    const others = [change('edit', { action: 'update' }), change('studio', { kind: 'studio' })];
    room.changes = [gone, ...others, change('two', { by: 'root' })];
    mail.start();
    mail.heard(new Set(['gone', 'edit', 'studio', 'two']));
    await server.has(1);
    expect(toAll()).toEqual(['root@example.com']);
  });

  it('is told after a start, if the server ended before it could', async () => {
    room.open(server.url);
    await room.close();
    room.changes = [change('one')];
    room.open(server.url).start();
    await server.has(1);
  });

  it('is not told if that was before mails were sent, or longer ago than a day, or if it is no new event', async () => {
    room.changes = [change('before', { by: 'root' })];
    const old = change('old').live?.result;
    room.ahead = 10;
    const mail = room.open(server.url);
    mail.start();
    room.ahead = 20;
    const late = new Date(Date.now() - DAY_MS - 1000).toISOString();
    room.changes = [
      ...room.changes,
      change('late', {
        live: { url: 'https://x.example/', ...(old ? { result: { ...old, at: late } } : {}) },
      }),
      change('edit', { action: 'update' }),
      change('asked', { state: 'asked' }),
      change('of-nobody', { by: 'nobody' }),
    ];
    mail.heard(new Set(room.changes.map(({ id }) => id)));
    mail.sendResetLink(5, 'ann');
    await server.has(1);
    await expect.poll(async () => (await mail.state()).waiting).toBe(0);
    expect(server.mails.map(({ subject }) => subject)).toEqual(['Choose your password (root)']);
  });
});

describe('a run that failed for good', () => {
  it('is told to every administrator with an address, once', async () => {
    room.users = [...USERS, user(6, 'boss', { email: 'boss@example.com', isAdministrator: true })];
    const mail = room.open(server.url);
    mail.start();
    room.runs = [run('run-1')];
    room.changes = [change('one', { state: 'failed', live: null, run: 'run-1' })];
    mail.heard(new Set(['run-1', 'one']));
    mail.heard(new Set(['run-1']));
    const [got] = await server.has(2);
    expect(toAll()).toEqual(['boss@example.com', 'root@example.com']);
    expect(got?.subject).toBe('The machines could not be updated');
    expect(got?.text).toContain('What failed: 1 machine failed (m2)');
    expect(got?.text).toContain('Changes in it: 2027/boston/gala');
    expect(got?.text).toContain('https://web.example/runs/run-1');
  });

  it('is told to the addresses of MAIL_ADMIN instead', async () => {
    const mail = room.open(server.url, { MAIL_ADMIN: 'ops@example.net, oncall@example.net' });
    mail.start();
    room.runs = [run('run-1')];
    mail.heard(new Set(['run-1']));
    await server.has(2);
    expect(toAll()).toEqual(['oncall@example.net', 'ops@example.net']);
  });

  it('is not told while it is tried again, nor if no machine was running', async () => {
    const mail = room.open(server.url);
    mail.start();
    const asleep = { outcome: 'nothing-to-do' } as Run['report'];
    room.runs = [
      run('again', { next: 'other' }),
      run('asleep', { report: asleep }),
      run('done', { state: 'done' }),
    ];
    mail.heard(new Set(['again', 'asleep', 'done']));
    mail.sendResetLink(1, 'root');
    await server.has(1);
    await expect.poll(async () => (await mail.state()).waiting).toBe(0);
    expect(toAll()).toEqual(['ann@example.com']);
  });

  it('is told of a change alone if its address does not answer', async () => {
    const mail = room.open(server.url);
    mail.start();
    room.runs = [run('run-1', { state: 'done', error: null })];
    const one = change('one', { state: 'failed' });
    const result = one.live?.result;
    if (!one.live || !result) throw new Error('it has an address');
    const live = { ...one.live, result: { ...result, isLive: false, reason: 'it answers 404' } };
    room.changes = [{ ...one, live }];
    mail.heard(new Set(['one', 'run-1']));
    const [got] = await server.has(1);
    expect(got?.subject).toBe('2027/boston/gala does not answer');
    expect(got?.text).toContain('What it answers: it answers 404');
    mail.heard(new Set(['one']));
    room.runs = [...room.runs, run('run-2', { state: 'done', error: null })];
    room.changes = [{ ...one, live, run: 'run-2' }];
    mail.heard(new Set(['one']));
    await server.has(2);
    await expect.poll(async () => (await mail.state()).waiting).toBe(0);
    expect(server.mails).toHaveLength(2);
  });

  it('is told only if that is so when the mail is sent, as what is live', async () => {
    const { url } = server;
    await server.stop();
    const mail = room.open(url);
    mail.start();
    room.runs = [run('run-1')];
    room.changes = [change('one')];
    mail.heard(new Set(['run-1', 'one']));
    await expect.poll(async () => (await mail.state()).waiting).toBe(2);
    room.runs = [run('run-1', { next: 'run-2' })];
    room.changes = [change('one', { state: 'asked' })];
    await server.start();
    await expect.poll(async () => (await mail.state()).waiting).toBe(0);
    expect([server.mails, (await mail.state()).undelivered]).toEqual([[], []]);
    expect(mail.sizes()).toContainEqual({ state: 'moot', count: 2 });
  });
});
