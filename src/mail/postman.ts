import { backoff, pause } from '../backoff.ts';
import { problemOf } from '../failure.ts';
import type { About, Errand, Letter } from './mail-model.ts';
import type { MailSettings } from './mail-settings.ts';
import type { Kept, Outbox } from './outbox.ts';
import { NotSent, SMTP_LIMITS, type SmtpLimits, sendMail } from './smtp.ts';
import type { LetterWriter } from './write-letters.ts';

/** Milliseconds, all of them. */
export interface MailLimits extends SmtpLimits {
  /** Bounds of the pauses between attempts. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** A mail that is older is given up. */
  readonly longestMs: number;
  /** How long an attempt under way may go on when this server ends. */
  readonly endMs: number;
}

export const MAIL_LIMITS: MailLimits = {
  ...SMTP_LIMITS,
  firstPauseMs: 15_000,
  longestPauseMs: 3_600_000,
  longestMs: 86_400_000,
  endMs: 2000,
};

export interface PostmanContext {
  /** Null where no mail is sent. */
  readonly settings: MailSettings | null;
  readonly limits: MailLimits;
  readonly outbox: Outbox;
  readonly writer: LetterWriter;
  readonly report: (problem: string) => void;
  readonly now: () => number;
  /** What is under way is broken off. */
  readonly signal: AbortSignal;
}

const ERRANDS: readonly Errand['kind'][] = ['asked', 'run-failed', 'unanswered'];
const LETTERS: readonly Letter['kind'][] = ['reset', 'live', 'failure'];
/** Milliseconds between two looks at the clock. */
const LOOK_MS = 60_000;
/** Milliseconds after a problem with the disk, or with the index. */
export const DISK_PAUSE_MS = 5000;

/** Works off the outbox, one mail after another. */
export class Postman {
  readonly #context: PostmanContext;
  readonly #outbox: Outbox;
  readonly #kinds: readonly About['kind'][];

  constructor(context: PostmanContext) {
    this.#context = context;
    this.#outbox = context.outbox;
    this.#kinds = context.settings ? [...ERRANDS, ...LETTERS] : ['asked'];
  }

  /** Milliseconds until something is due, or the clock is to be looked at again, which may be set. */
  pauseMs(): number {
    const due = this.#outbox.nextDue(this.#kinds);
    return due === null ? LOOK_MS : Math.min(LOOK_MS, Math.max(1, due - this.#context.now()));
  }

  /** One thing that is due. @returns whether there was one */
  async workOff(): Promise<boolean> {
    const { settings, limits } = this.#context;
    const { longestMs } = limits;
    this.#outbox.removeOld();
    this.#outbox.expire(longestMs, this.#kinds, 'given-up');
    if (!settings) this.#outbox.expire(longestMs, LETTERS, 'moot');
    const mail = this.#outbox.due(this.#kinds);
    if (mail === null) return false;
    const { about } = mail;
    if (isLetter(about)) await this.#send(mail, about);
    else await this.#expand(mail, about);
    return true;
  }

  async #expand(mail: Kept, errand: Errand): Promise<void> {
    try {
      this.#outbox.replace(mail, await this.#context.writer.lettersOf(errand, mail.id));
    } catch (error) {
      // Not at the next turn already: others wait.
      this.#outbox.again(mail.id, this.#context.now() + DISK_PAUSE_MS, problemOf(error).message);
      throw error;
    }
  }

  async #send(mail: Kept, letter: Letter): Promise<void> {
    const { settings, limits, signal, now, report } = this.#context;
    if (!settings) return;
    const { id, messageId } = mail;
    this.#outbox.began(id);
    try {
      const isSent = await sendMail({
        settings,
        messageId,
        limits,
        at: new Date(now()),
        signal,
        compose: () => this.#context.writer.write(letter),
      });
      await this.#keep(() => this.#outbox.conclude(id, isSent ? 'sent' : 'moot', null));
    } catch (error) {
      const problem = error instanceof NotSent ? error.message : problemOf(error).message;
      const isFinal = error instanceof NotSent && error.isFinal;
      if (!signal.aborted) report(`a mail (${letter.kind}) was not sent: ${problem}`);
      const dueAt = now() + Math.round(backoff(limits, Math.min(mail.tries + 1, 30)));
      await this.#keep(() =>
        isFinal ? this.#outbox.conclude(id, 'given-up', problem) : this.#outbox.again(id, dueAt, problem),
      );
    }
  }

  /** Until it is kept: a mail that was sent, and is not known to be, would be sent again. */
  async #keep(work: () => void): Promise<void> {
    for (;;) {
      try {
        return work();
      } catch (error) {
        this.#context.report(problemOf(error).message);
        if (this.#context.signal.aborted) return;
        await pause(DISK_PAUSE_MS, this.#context.signal);
      }
    }
  }
}

export function isLetter(about: About): about is Letter {
  return (LETTERS as readonly string[]).includes(about.kind);
}
