import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { MailServer } from '../mail/mail-server.ts';
import { PlayedUpdate } from '../runs/played-update.ts';
import { startWeb, type TestServer, type TestServerOptions } from './web-server.ts';

export const SITE = 'https://smooth.example/showcase';

export interface MailedWeb {
  readonly server: TestServer;
  readonly mail: MailServer;
  /** Of the machines. */
  readonly played: PlayedUpdate;
  /** The path below the base, with its token, of the link in the mail of that number to a user; from 1. */
  readonly linkTo: (userid: string, number?: number) => Promise<string>;
  readonly end: () => Promise<void>;
}

/** A server that sends its mails to a mail server of its own, and whose config-update is played. */
export async function startMailedWeb(options: TestServerOptions = {}): Promise<MailedWeb> {
  const mail = await new MailServer().start();
  const home = mkdtempSync(join(tmpdir(), 'played-'));
  const played = new PlayedUpdate(join(home, 'played'));
  const server = await startWeb({
    command: played.command,
    runLimits: { firstRetryMs: 2, longestRetryMs: 8 },
    ...options,
    env: {
      SMTP_URL: mail.url,
      MAIL_FROM: 'showcases@example.org',
      PUBLIC_URL_FLY: SITE,
      ...options.env,
    },
    mailLimits: { firstPauseMs: 5, longestPauseMs: 20, ...options.mailLimits },
  });
  return {
    server,
    mail,
    played,
    linkTo: async (userid, number = 1) => {
      const theirs = () => mail.mails.filter(({ subject }) => subject === `Choose your password (${userid})`);
      await expect.poll(() => theirs().length, { interval: 5 }).toBe(number);
      return linkIn(theirs().at(-1)?.text ?? '');
    },
    end: async () => {
      await server.end();
      await mail.stop();
      played.close();
      rmSync(home, { recursive: true });
    },
  };
}

export function linkIn(text: string): string {
  const [, path] = /https:\/\/smooth\.example\/showcase(\/password\/\S+)/.exec(text) ?? [];
  if (path === undefined) throw new Error(`no link in: ${text}`);
  return path;
}

export function tokenIn(path: string): string {
  return new URL(path, 'http://localhost').searchParams.get('token') ?? '';
}

/** Reads or writes the live index, as another program does. */
export function inIndex<T>(
  { indexPath }: Pick<TestServer, 'indexPath'>,
  sql: string,
  ...values: unknown[]
): T[] {
  const db = openDatabase(indexPath);
  try {
    const statement = db.prepare<unknown[], T>(sql);
    if (statement.reader) return statement.all(...values);
    statement.run(...values);
    return [];
  } finally {
    db.close();
  }
}
