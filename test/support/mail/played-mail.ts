import type { MailContext } from '../../../src/mail/create-mail.ts';
import type { MailLimits } from '../../../src/mail/postman.ts';
import type { MailUser } from '../../../src/mail/write-letters.ts';

/** Pauses that a test need not wait for; a mail that is given up is so after a day, as in production. */
export const QUICK: Partial<MailLimits> = { firstPauseMs: 5, longestPauseMs: 20, endMs: 500 };

export const USERS: readonly MailUser[] = [
  user(1, 'ann', { email: 'ann@example.com', name: 'Ann' }),
  user(2, 'bea', { email: 'shared@example.com' }),
  user(3, 'cyd', { email: 'shared@example.com' }),
  user(4, 'eve', { email: 'eve@example.com\r\nBcc: victim@example.com' }),
  user(5, 'root', { email: 'root@example.com', isAdministrator: true }),
];

export function user(id: number, userid: string, more: Partial<MailUser> = {}): MailUser {
  return { id, userid, email: '', name: '', isAdministrator: false, ...more };
}

/** Parts over those users and no runs. */
export function playedMail(): Omit<MailContext, 'stateDir' | 'settings'> {
  let links = 0;
  return {
    users: async () => USERS,
    runs: {
      run: () => null,
      change: () => null,
      changesOf: () => [],
      runs: () => ({ rows: [], total: 0 }),
      changes: () => ({ rows: [], total: 0 }),
    },
    resetLink: async (id) => {
      links += 1;
      return {
        url: `https://web.example/password/verify?token=${id}-${links}`,
        until: '2026-12-01T17:20:00.000Z',
      };
    },
    pageAt: (path) => `https://web.example${path}`,
    now: Date.now,
    report: () => {},
  };
}
