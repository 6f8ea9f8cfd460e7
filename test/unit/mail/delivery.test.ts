import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MailServer } from '../../support/mail/mail-server.ts';
import { PostRoom } from '../../support/mail/post-room.ts';

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

const waits = (mail: { state(): Promise<{ problem: string | null }> }) =>
  expect.poll(async () => (await mail.state()).problem, { interval: 5 });

describe('a mail', () => {
  it('has a plain text and markup with the same link, and headers that machines leave alone', async () => {
    const mail = room.open(server.url);
    mail.start();
    mail.askForPassword('ann');
    const [got] = await server.has(1);
    expect(got).toMatchObject({ sender: 'showcases@example.org', receivers: ['ann@example.com'] });
    expect(got?.subject).toBe('Choose your password (ann)');
    expect(got?.headers.get('from')).toEqual(['Showcases <showcases@example.org>']);
    expect(got?.headers.get('to')).toEqual(['Ann <ann@example.com>']);
    expect(got?.headers.get('auto-submitted')).toEqual(['auto-generated']);
    expect(got?.headers.get('message-id')?.[0]).toMatch(/^<[0-9a-f-]{36}@example\.org>$/);
    expect(got?.text).toContain('\r\nhttps://web.example/password/verify?token=1-1\r\n');
    expect(got?.html).toContain('href="https://web.example/password/verify?token=1-1"');
    expect(got?.text).toContain('until 1 December 2026, 17:20 UTC.');
    expect(got?.text.split('\r\n').filter((line) => line.length > 78)).toEqual([]);
  });

  it('has no header but ours, whatever the names are', async () => {
    room.users = [
      {
        id: 1,
        userid: 'ann\u202e\r\nBcc: victim@example.com',
        email: 'ann@example.com',
        name: '"Ann", Eve <eve@example.com>\r\nX-Evil: 1\u2028</title><script>alert(1)</script>',
        isAdministrator: false,
      },
    ];
    const mail = room.open(server.url);
    mail.start();
    mail.askForPassword('ann@example.com');
    const [got] = await server.has(1);
    expect(got?.receivers).toEqual(['ann@example.com']);
    expect([...(got?.headers.keys() ?? [])].sort()).toEqual([
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
    expect(got?.subject).toBe('Choose your password (ann Bcc: victim@example.com)');
    expect(got?.html).not.toContain('<script>');
    expect(got?.text).toContain('Hello "Ann", Eve <eve@example.com> X-Evil: 1\r\n');
  });

  it('goes to nobody whose address is more than one', async () => {
    const mail = room.open(server.url);
    mail.start();
    mail.askForPassword('eve');
    mail.askForPassword('ann');
    const [got] = await server.has(1);
    expect(got?.receivers).toEqual(['ann@example.com']);
    // The server has it a moment before the outbox has crossed it off.
    await expect.poll(() => mail.state()).toMatchObject({ waiting: 0, undelivered: [] });
  });

  it('is given with the login of the server, of which nothing is logged', async () => {
    await server.stop();
    server = await new MailServer({ authOptional: false }).start();
    const mail = room.open(server.url.replace('//', '//web:p%40ss%2Fword@'));
    mail.start();
    mail.askForPassword('ann');
    await server.has(1);
    expect(server.logins).toEqual(['web:p@ss/word']);
  });
});

describe('a mail server', () => {
  it('that is not there is asked again until it is, and gets one mail', async () => {
    const { url } = server;
    await server.stop();
    const mail = room.open(url);
    mail.start();
    mail.askForPassword('ann');
    await waits(mail).toContain('ECONNREFUSED');
    await server.start();
    await server.has(1);
    await expect.poll(async () => (await mail.state()).waiting).toBe(0);
    expect(server.mails).toHaveLength(1);
    expect(room.problems[0]).toContain('a mail (reset) was not sent');
  });

  it.each([
    ['now is asked again', 451, null],
    ['for good is not asked again', 500, 'given-up'],
  ])('that refuses the receiver %s', async (_, responseCode, end) => {
    await server.stop();
    let refused = 0;
    server = await new MailServer({
      onRcptTo: (_address, _session, callback) => {
        refused += 1;
        callback(refused > 1 ? null : Object.assign(new Error('no such mailbox'), { responseCode }));
      },
    }).start();
    const mail = room.open(server.url);
    mail.start();
    mail.askForPassword('ann');
    if (end === null) await server.has(1);
    else {
      await expect.poll(async () => (await mail.state()).undelivered.length, { interval: 5 }).toBe(1);
      const { undelivered, waiting } = await mail.state();
      expect([waiting, refused, server.mails.length]).toEqual([0, 1, 0]);
      expect(undelivered[0]).toMatchObject({ kind: 'reset', to: 'ann' });
      expect(undelivered[0]?.problem).toContain(`${responseCode} no such mailbox`);
      mail.dismiss(undelivered[0]?.id ?? 0);
      expect((await mail.state()).undelivered).toEqual([]);
    }
  });

  it('that refuses the login keeps the mail waiting, however sure it is', async () => {
    await server.stop();
    let isOpen = false;
    server = await new MailServer({
      onAuth: (_, _session, callback) =>
        isOpen ? callback(null, { user: 'web' }) : callback(new Error('wrong password')),
    }).start();
    const mail = room.open(server.url.replace('//', '//web:secret-of-the-server@'));
    mail.start();
    mail.askForPassword('ann');
    await waits(mail).toContain('refuses the login');
    expect(room.problems.join()).not.toContain('secret-of-the-server');
    isOpen = true;
    await server.has(1);
  });

  it('that breaks off in the middle of a mail gets the same mail again', async () => {
    await server.stop();
    let ids: (string | undefined)[] = [];
    const isBroken = () => ids.length === 0;
    server = await new MailServer({
      onData: (stream, _, callback) => {
        stream.resume().on('end', () => {
          if (isBroken()) callback(Object.assign(new Error('out of space'), { responseCode: 452 }));
          else callback();
          ids = [...ids, 'asked'];
        });
      },
    }).start();
    const mail = room.open(server.url);
    mail.start();
    mail.askForPassword('ann');
    await expect.poll(() => ids.length, { interval: 5 }).toBe(2);
    await expect.poll(async () => (await mail.state()).waiting).toBe(0);
  });

  it.each([
    ['says nothing', (_: Socket) => {}],
    ['closes at once', (socket: Socket) => socket.destroy()],
    ['is no mail server', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    [
      'says a byte now and then',
      (socket: Socket) => {
        const timer = setInterval(() => socket.write('2'), 10);
        socket.on('close', () => clearInterval(timer));
      },
    ],
  ])('that %s holds up nobody for long', async (_, behave) => {
    const sockets = new Set<Socket>();
    const bad = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
      behave(socket);
    }).listen(0, '127.0.0.1');
    await once(bad, 'listening');
    const { port } = bad.address() as AddressInfo;
    const limits = { connectMs: 100, silenceMs: 100, wholeMs: 200 };
    const mail = room.open(`smtp://127.0.0.1:${port}`, {}, limits);
    mail.start();
    mail.askForPassword('ann');
    await waits(mail).not.toBeNull();
    expect((await mail.state()).waiting).toBe(1);
    await room.close();
    for (const socket of sockets) socket.destroy();
    bad.close();
  });

  it('without TLS is told nothing unless it is on this machine', async () => {
    const mail = room.open(server.url.replace('127.0.0.1', '0.0.0.0'));
    mail.start();
    mail.askForPassword('ann');
    await waits(mail).toContain('STARTTLS');
    expect(server.mails).toEqual([]);
  });
});
