import { createMail, type Mail, type MailContext } from '../../mail/create-mail.ts';
import type { MailUser } from '../../mail/write-letters.ts';
import { namesIn, textOf, type WholeRow } from '../../requests/index-tables.ts';
import type { PasswordDesk } from '../../web/password/password-desk.ts';
import type { People } from '../../web/person.ts';

export interface MailOptions
  extends Pick<MailContext, 'stateDir' | 'settings' | 'runs' | 'report' | 'limits'> {
  readonly people: () => Promise<People>;
  /** Where these pages are seen; null only where no mail is sent. */
  readonly webUrl: string | null;
  /** Asked when the first mail is written. */
  readonly passwords: () => PasswordDesk;
}

/** Mails as the pages and the index have them. @throws {Failure} `disk`, `config-invalid` */
export function openMail({ people, webUrl, passwords, ...context }: MailOptions): Mail {
  const pageAt = (path: string): string => `${webUrl ?? ''}${path}`;
  return createMail({
    ...context,
    pageAt,
    now: Date.now,
    users: async () => (await people()).rows.users.map(mailUserOf),
    resetLink: async (user) => {
      const link = await passwords().linkFor(user);
      return link && { url: pageAt(link.path), until: link.until };
    },
  });
}

function mailUserOf(row: WholeRow): MailUser {
  return {
    id: Number(row['id']),
    userid: textOf(row, 'userid'),
    email: textOf(row, 'email'),
    name: textOf(row, 'name1'),
    isAdministrator: namesIn(textOf(row, 'sites')).includes('index'),
  };
}
