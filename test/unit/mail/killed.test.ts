import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MailServer } from '../../support/mail/mail-server.ts';
import { PostRoom } from '../../support/mail/post-room.ts';

const PROCESS = join(import.meta.dirname, '../../support/mail/mail-process.ts');

let room: PostRoom;
let server: MailServer | null;
let child: ChildProcess | null;
beforeEach(() => {
  room = new PostRoom();
  server = null;
  child = null;
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await room.remove();
  await server?.stop();
});

/** Starts a process that sends mails to these users; resolves when they are durable. */
async function begin(url: string, ...userids: string[]): Promise<ChildProcess> {
  child = spawn(process.execPath, [PROCESS, room.home, url], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin?.end(userids.join('\n'));
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

async function kill(victim: ChildProcess): Promise<void> {
  victim.kill('SIGKILL');
  await once(victim, 'close');
  child = null;
}

describe('a server that is killed', () => {
  it('before a mail server took the mails has them sent by the next', async () => {
    server = await new MailServer().start();
    const { url } = server;
    await server.stop();
    await kill(await begin(url, 'ann', 'shared@example.com'));
    await server.start();
    room.open(url).start();
    const mails = await server.has(3);
    expect(mails.flatMap(({ receivers }) => receivers).sort()).toEqual([
      'ann@example.com',
      'shared@example.com',
      'shared@example.com',
    ]);
  });

  it('in the middle of a mail has it sent again, under the same number', async () => {
    const numbers: string[] = [];
    let arrived = (): void => {};
    const first = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    server = await new MailServer({
      onData: (stream, _, callback) => {
        let text = '';
        stream.on('data', (bytes: Buffer) => {
          text += bytes;
        });
        stream.on('end', () => {
          numbers.push(/^Message-ID: (.*)$/im.exec(text)?.[1]?.trim() ?? '');
          // The first is taken, and its sender never hears of it.
          if (numbers.length === 1) arrived();
          else callback();
        });
      },
    }).start();
    const running = await begin(server.url, 'ann');
    await first;
    await kill(running);
    const mail = room.open(server.url);
    mail.start();
    await expect.poll(() => numbers.length).toBe(2);
    expect(numbers[0]).toMatch(/^<.+@example\.org>$/);
    expect(numbers[1]).toBe(numbers[0]);
    await expect.poll(async () => (await mail.state()).waiting).toBe(0);
  });

  it('after a mail was taken sends it no more', async () => {
    server = await new MailServer().start();
    const running = await begin(server.url, 'ann', 'root');
    await server.has(2);
    // That the first was taken is durable before the second is begun.
    await kill(running);
    const mail = room.open(server.url);
    const { waiting } = await mail.state();
    mail.start();
    mail.sendResetLink(1, 'root');
    await server.has(3 + waiting);
    expect(waiting).toBeLessThanOrEqual(1);
    expect(server.mails.filter(({ receivers }) => receivers.includes('ann@example.com'))).toHaveLength(2);
  });
});
