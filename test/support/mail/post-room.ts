import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../../src/failure.ts';
import { createMail, type Mail, type MailContext } from '../../../src/mail/create-mail.ts';
import { readMailSettings } from '../../../src/mail/mail-settings.ts';
import type { MailLimits } from '../../../src/mail/postman.ts';
import type { MailUser } from '../../../src/mail/write-letters.ts';
import type { Change, Run } from '../../../src/runs/run-model.ts';
import { playedMail, QUICK, USERS } from './played-mail.ts';

/** Mails in a directory of their own, over rows and runs that are given. */
export class PostRoom {
  readonly home = mkdtempSync(join(tmpdir(), 'mail-'));
  readonly problems: string[] = [];
  users: readonly MailUser[] = USERS;
  runs: readonly Run[] = [];
  changes: readonly Change[] = [];
  isIndexGone = false;
  /** Milliseconds that the clock is ahead. */
  ahead = 0;
  /** Links made so far. */
  links = 0;
  readonly #played = playedMail();
  #mail: Mail | null = null;

  constructor() {
    mkdirSync(join(this.home, 'state'));
  }

  /** @param url of the mail server; null for none */
  open(url: string | null, env: NodeJS.ProcessEnv = {}, limits: Partial<MailLimits> = {}): Mail {
    const settings = readMailSettings({
      ...(url === null ? {} : { SMTP_URL: url }),
      MAIL_FROM: 'Showcases <showcases@example.org>',
      ...env,
    });
    this.#mail = createMail({ ...this.context(), settings, limits: { ...QUICK, ...limits } });
    return this.#mail;
  }

  context(): Omit<MailContext, 'settings'> {
    const page = <T>(rows: readonly T[], number = 1) => ({
      rows: number === 1 ? rows : [],
      total: rows.length,
    });
    const played = this.#played;
    return {
      ...played,
      stateDir: join(this.home, 'state'),
      users: async () => {
        if (this.isIndexGone) throw new Failure('index-missing', 'the index is gone', { hint: 'Wait.' });
        return this.users;
      },
      runs: {
        run: (id) => this.runs.find((run) => run.id === id) ?? null,
        change: (id) => this.changes.find((change) => change.id === id) ?? null,
        changesOf: (id) => this.changes.filter(({ run }) => run === id),
        runs: ({ states, page: number }) =>
          page(
            this.runs.filter(({ state }) => states?.includes(state)),
            number,
          ),
        changes: ({ states, page: number }) =>
          page(
            this.changes.filter(({ state }) => states?.includes(state)),
            number,
          ),
      },
      resetLink: async (id) => {
        this.links += 1;
        return await played.resetLink(id);
      },
      now: () => Date.now() + this.ahead,
      report: (problem) => void this.problems.push(problem),
    };
  }

  async close(): Promise<void> {
    await this.#mail?.close();
    this.#mail = null;
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.home, { recursive: true });
  }
}
