import { openDatabase } from '../../../src/database/sqlite.ts';
import { MailServer } from '../../mail/support/mail-server.ts';
import { startWeb, type TestServer, type TestServerOptions } from './web-server.ts';

export const SITE = 'https://smooth.example/showcase';

export interface MailedWeb {
  readonly server: TestServer;
  readonly mail: MailServer;
  /** The path below the base, with its token, of the link in the last mail. */
  readonly link: () => string;
}

/** A server that sends its mails to a mail server of its own. The caller ends the latter. */
export async function startMailedWeb(options: TestServerOptions = {}): Promise<MailedWeb> {
  const mail = await new MailServer().start();
  const server = await startWeb({
    ...options,
    env: {
      SMTP_URL: mail.url,
      MAIL_FROM: 'showcases@example.org',
      PUBLIC_URL_FLY: SITE,
      ...options.env,
    },
    mailLimits: { firstPauseMs: 5, longestPauseMs: 20, ...options.mailLimits },
  });
  return { server, mail, link: () => linkIn(mail.mails.at(-1)?.text ?? '') };
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
