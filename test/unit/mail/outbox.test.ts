import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Database as DatabaseType, openDatabase } from '../../../src/database/sqlite.ts';
import { MailServer } from '../../support/mail/mail-server.ts';
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

describe('a question for a new password', () => {
  it('is answered by userid or address, in letters of either case, and to each who shares the address', async () => {
    const mail = room.open(server.url);
    mail.start();
    mail.askForPassword('  ANN ');
    mail.askForPassword('Shared@Example.com');
    mail.askForPassword('nobody');
    mail.askForPassword('');
    mail.askForPassword('%');
    await server.has(3);
    expect(toAll()).toEqual(['ann@example.com', 'shared@example.com', 'shared@example.com']);
    const subjects = server.mails.map(({ subject }) => subject).sort();
    expect(subjects).toEqual(['ann', 'bea', 'cyd'].map((name) => `Choose your password (${name})`));
    expect(mail.questions()).toBe(0);
  });

  it('is answered three times an hour for one user, by whatever name she is asked for', async () => {
    const mail = room.open(server.url);
    mail.start();
    for (const name of ['ann', 'ann@example.com', 'ANN', 'ann', 'ann@example.com']) mail.askForPassword(name);
    mail.askForPassword('root');
    await expect.poll(() => mail.questions()).toBe(0);
    await expect.poll(async () => (await mail.state()).waiting).toBe(0);
    expect(toAll()).toEqual([...Array(3).fill('ann@example.com'), 'root@example.com']);
    room.ahead = 3_601_000;
    mail.askForPassword('ann');
    await server.has(5);
  });

  it('is kept by a server without mail, for administrators, for a day', async () => {
    const mail = room.open(null);
    mail.start();
    mail.askForPassword('ann');
    await expect.poll(() => mail.waitingForLink().map(({ user: id }) => id)).toEqual([1]);
    room.ahead = DAY_MS + 1000;
    mail.askForPassword('nobody');
    await expect.poll(() => mail.waitingForLink()).toEqual([]);
    expect(await mail.state()).toEqual({ isOn: false, waiting: 0, problem: null, undelivered: [] });
  });

  it('is forgotten as it was typed once it is looked at, since it may be a password', async () => {
    const mail = room.open(server.url);
    mail.start();
    for (const typed of ['my-own-password', 'ann']) mail.askForPassword(typed);
    await server.has(1);
    await room.close();
    const db = openDatabase(join(room.home, 'state/mail.sqlite3'));
    const rows = db.prepare<[], { kind: string }>("SELECT * FROM mails WHERE kind <> 'began'").all();
    db.close();
    expect(rows.map(({ kind }) => kind)).toEqual(['reset']);
    expect(JSON.stringify(rows)).not.toMatch(/my-own-password|token/);
  });

  it('waits for an index that cannot be read', async () => {
    const mail = room.open(server.url);
    room.isIndexGone = true;
    mail.start();
    mail.askForPassword('ann');
    await expect.poll(() => room.problems).toContain('the index is gone');
    expect(mail.questions()).toBe(1);
    await room.close();
    room.isIndexGone = false;
    room.ahead = 10_000;
    room.open(server.url).start();
    await server.has(1);
  });
});

describe('a mail that nobody takes', () => {
  it('is given up after a day, and administrators are told', async () => {
    const { url } = server;
    await server.stop();
    const mail = room.open(url);
    mail.start();
    mail.sendResetLink(1, 'root');
    await expect.poll(async () => (await mail.state()).problem).toContain('ECONNREFUSED');
    room.ahead = DAY_MS + 1000;
    await expect.poll(async () => (await mail.state()).undelivered.length).toBe(1);
    const { undelivered, waiting } = await mail.state();
    expect(waiting).toBe(0);
    expect(undelivered[0]).toMatchObject({ kind: 'reset', to: 'ann' });
    expect(undelivered[0]?.problem).toContain('ECONNREFUSED');
    room.isIndexGone = true;
    expect((await mail.state()).undelivered[0]).toMatchObject({ kind: 'reset', to: 'somebody' });
  });

  it('is no more to be seen once somebody has seen that it was given up, and not before', async () => {
    await server.stop();
    const mail = room.open(server.url);
    mail.start();
    mail.sendResetLink(1, 'root');
    await expect.poll(async () => (await mail.state()).problem).toContain('ECONNREFUSED');
    for (const id of [1, 2, 3]) mail.dismiss(id);
    expect((await mail.state()).waiting).toBe(1);
    room.ahead = DAY_MS + 1000;
    await expect.poll(async () => (await mail.state()).undelivered.length).toBe(1);
    for (const { id } of (await mail.state()).undelivered) mail.dismiss(id);
    expect((await mail.state()).undelivered).toEqual([]);
  });

  it('does not hold up those that come later', async () => {
    await server.stop();
    server = await new MailServer({
      onRcptTo: ({ address }, _, callback) =>
        callback(
          address === 'ann@example.com' ? Object.assign(new Error('busy'), { responseCode: 450 }) : null,
        ),
    }).start();
    const mail = room.open(server.url);
    mail.start();
    mail.sendResetLink(1, 'root');
    await expect.poll(async () => (await mail.state()).problem).toContain('450');
    mail.sendResetLink(5, 'root');
    await server.has(1);
    expect(toAll()).toEqual(['root@example.com']);
  });
});

describe('the outbox', () => {
  it('has what it was given on the disk when it says so', () => {
    const levels: unknown[] = [];
    const { prepare } = Database.prototype;
    const spy = vi.spyOn(Database.prototype, 'prepare').mockImplementation(function (
      this: DatabaseType,
      sql,
    ) {
      if (/^INSERT/.test(sql)) levels.push(this.pragma('synchronous', { simple: true }));
      return prepare.call(this, sql);
    });
    onTestFinished(() => spy.mockRestore());
    room.open(server.url).askForPassword('ann');
    expect(new Set(levels), 'FULL').toEqual(new Set([2]));
  });

  it('keeps what was put into it over an end, and sends it once', async () => {
    const { url } = server;
    await server.stop();
    const mail = room.open(url);
    mail.askForPassword('ann');
    await room.close();
    await server.start();
    room.open(url).start();
    await server.has(1);
    await room.close();
    const again = room.open(url);
    again.start();
    again.sendResetLink(5, 'ann');
    await server.has(2);
    expect(toAll()).toEqual(['ann@example.com', 'root@example.com']);
  });

  it('forgets a mail after eight days, but one that was given up after thirty', async () => {
    const mail = room.open(server.url);
    mail.start();
    mail.sendResetLink(1, 'root');
    await server.has(1);
    await server.stop();
    mail.sendResetLink(5, 'root');
    const sizes = async (ahead: number, left: ReturnType<typeof mail.sizes>) => {
      room.ahead = ahead;
      mail.askForPassword('nobody');
      await expect.poll(() => [mail.questions(), mail.sizes()]).toEqual([0, left]);
    };
    const lost = { state: 'given-up', count: 1 } as const;
    await sizes(8 * DAY_MS - 60_000, [lost, { state: 'sent', count: 1 }]);
    await sizes(8 * DAY_MS + 60_000, [lost]);
    await sizes(30 * DAY_MS + 60_000, []);
  });

  it('holds no link: it is made when the server is ready, and again for the next attempt', async () => {
    const { url } = server;
    await server.stop();
    const mail = room.open(url);
    mail.start();
    mail.sendResetLink(1, 'root');
    await expect.poll(async () => (await mail.state()).problem).toContain('ECONNREFUSED');
    expect(room.links).toBe(0);
    await server.start();
    await server.has(1);
    expect(room.links).toBe(1);
    expect(server.mails[0]?.text).toContain('It was sent by root.');
  });
});
