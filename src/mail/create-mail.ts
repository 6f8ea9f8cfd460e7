import { problemOf } from '../failure.ts';
import { WorkLoop } from '../work-loop.ts';
import type { MailState, Undelivered } from './mail-model.ts';
import { MailNotices, type NoticeContext } from './mail-notices.ts';
import type { MailSettings } from './mail-settings.ts';
import { type Kept, type MailStatus, Outbox } from './outbox.ts';
import { DISK_PAUSE_MS, isLetter, MAIL_LIMITS, type MailLimits, Postman } from './postman.ts';
import { LetterWriter, type WriterContext } from './write-letters.ts';

export interface MailContext extends Omit<WriterContext, 'outbox' | 'administrators' | 'runs'> {
  /** For `mail.sqlite3`; it is there. */
  readonly stateDir: string;
  /** Null where no mail is sent. */
  readonly settings: MailSettings | null;
  readonly runs: WriterContext['runs'] & NoticeContext['runs'];
  /** Told, for the log, what went wrong. */
  readonly report: (problem: string) => void;
  readonly limits?: Partial<MailLimits>;
}

/** Mails: kept until they are sent, and tried again. Everything but `state` and `close` is synchronous and durable. */
export interface Mail {
  /** Whether there is a mail server. */
  readonly isOn: boolean;
  /** Somebody asks for a new password, by a userid or an address. Does the same whether there is such a user. */
  askForPassword(text: string): void;
  /** An administrator has a link sent. */
  sendResetLink(user: number, by: string): void;
  /** Users who asked for a new password, and have not got a link; with the time, ISO 8601, newest first. */
  waitingForLink(): { readonly user: number; readonly at: string }[];
  /** How many questions for a new password wait to be looked at. */
  questions(): number;
  /** How many mails there are of each, for monitors. */
  sizes(): { readonly state: MailStatus; readonly count: number }[];
  /** For the administrators' first page. */
  state(): Promise<MailState>;
  /** Somebody has seen that a mail was given up. */
  dismiss(id: number): void;
  /** Told the runs and changes that are no longer as they were. Never throws. */
  heard(ids: ReadonlySet<string>): void;
  start(): void;
  close(): Promise<void>;
}

const MOST_SHOWN = 50;

/**
 * Opens the outbox. Without a mail server it keeps who asked for a password, for administrators, and nothing else.
 *
 * @throws {Failure} `disk`, `config-invalid`
 */
export function createMail(context: MailContext): Mail {
  return new MailRoom(context);
}

class MailRoom implements Mail {
  readonly isOn: boolean;
  readonly #limits: MailLimits;
  readonly #outbox: Outbox;
  readonly #writer: LetterWriter;
  readonly #notices: MailNotices | null;
  readonly #postman: Postman;
  /** What is under way is broken off. */
  readonly #stop = new AbortController();
  readonly #loop: WorkLoop;
  #heard = new Set<string>();
  #hasNoticedAll = false;

  constructor(context: MailContext) {
    const { settings, stateDir, now } = context;
    this.#limits = { ...MAIL_LIMITS, ...context.limits };
    this.isOn = settings !== null;
    this.#outbox = new Outbox(stateDir, now);
    const administrators = settings?.administrators ?? null;
    this.#writer = new LetterWriter({ ...context, outbox: this.#outbox, administrators });
    this.#notices = this.isOn ? new MailNotices({ ...context, outbox: this.#outbox }) : null;
    this.#postman = new Postman({
      ...context,
      limits: this.#limits,
      outbox: this.#outbox,
      writer: this.#writer,
      signal: this.#stop.signal,
    });
    this.#loop = new WorkLoop({
      turn: () => this.#turn(),
      // Of the disk, or of an index that is not there.
      failed: (error) => context.report(problemOf(error).message),
      failPauseMs: DISK_PAUSE_MS,
    });
  }

  askForPassword(text: string): void {
    this.#outbox.put(`asked/${crypto.randomUUID()}`, { kind: 'asked', text });
    this.#loop.wake();
  }

  sendResetLink(user: number, by: string): void {
    this.#outbox.put(`reset/${user}/${crypto.randomUUID()}`, { kind: 'reset', user, by });
    this.#loop.wake();
  }

  waitingForLink(): { readonly user: number; readonly at: string }[] {
    return this.#outbox
      .inState('waiting', MOST_SHOWN)
      .flatMap(({ about, madeAt }) =>
        about.kind === 'reset' ? [{ user: about.user, at: new Date(madeAt).toISOString() }] : [],
      );
  }

  questions(): number {
    return this.#outbox.waitingOf('asked');
  }

  sizes(): { readonly state: MailStatus; readonly count: number }[] {
    return this.#outbox.sizes();
  }

  async state(): Promise<MailState> {
    const waiting = this.isOn
      ? [...this.#outbox.inState('waiting', MOST_SHOWN), ...this.#outbox.inState('sending', 1)]
      : [];
    const lost = this.isOn ? this.#outbox.inState('given-up', MOST_SHOWN) : [];
    return {
      isOn: this.isOn,
      waiting: waiting.length,
      problem: waiting.find(({ problem }) => problem !== null)?.problem ?? null,
      undelivered: await Promise.all(lost.map((mail) => this.#undelivered(mail))),
    };
  }

  dismiss(id: number): void {
    if (this.#outbox.inState('given-up', MOST_SHOWN).some((mail) => mail.id === id))
      this.#outbox.conclude(id, 'moot', null);
  }

  heard(ids: ReadonlySet<string>): void {
    if (!this.#notices || this.#loop.isEnding) return;
    for (const id of ids) this.#heard.add(id);
    this.#loop.wake();
  }

  start(): void {
    this.#loop.start();
  }

  async close(): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), this.#limits.endMs);
    await this.#loop.end();
    clearTimeout(timer);
    this.#outbox.close();
  }

  async #turn(): Promise<number> {
    if (!this.#hasNoticedAll) this.#notices?.noticeAll();
    this.#hasNoticedAll = true;
    this.#takeNews();
    return (await this.#postman.workOff()) ? 0 : this.#postman.pauseMs();
  }

  #takeNews(): void {
    const ids = this.#heard;
    this.#heard = new Set();
    try {
      this.#notices?.notice(ids);
    } catch (error) {
      for (const id of ids) this.#heard.add(id);
      throw error;
    }
  }

  async #undelivered({ id, about, madeAt, problem }: Kept): Promise<Undelivered> {
    return {
      id,
      kind: isLetter(about) ? about.kind : about.kind === 'asked' ? 'reset' : 'failure',
      to: await this.#writer.receiverOf(about).catch(() => 'somebody'),
      since: new Date(madeAt).toISOString(),
      problem: problem ?? 'it could not be looked up',
    };
  }
}
