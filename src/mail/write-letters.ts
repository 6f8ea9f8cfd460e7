import type { Change, Run } from '../runs/run-model.ts';
import { isMailAddress, type Mailbox } from './mail-address.ts';
import { renderMail, type Wording } from './mail-layout.ts';
import type { About, Errand, Letter, Message } from './mail-model.ts';
import { liveWording, resetWording, runFailedWording, unansweredWording } from './mail-texts.ts';
import type { Outbox } from './outbox.ts';

/** A user as mails need her. */
export interface MailUser {
  readonly id: number;
  readonly userid: string;
  /** As the index has it; it need not be one. */
  readonly email: string;
  readonly name: string;
  readonly isAdministrator: boolean;
}

/** A link for a new password, new at each call. */
interface ResetLink {
  readonly url: string;
  /** ISO 8601, UTC. */
  readonly until: string;
}

export interface WriterContext {
  /** All of the index. @throws {Failure} */
  readonly users: () => Promise<readonly MailUser[]>;
  readonly runs: {
    run(id: string): Run | null;
    change(id: string): Change | null;
    changesOf(run: string): Change[];
  };
  readonly resetLink: (user: number) => Promise<ResetLink | null>;
  /** Absolute address of a path of the web's pages. */
  readonly pageAt: (path: string) => string;
  /** Addresses that hear of failures; null for those of all administrators. */
  readonly administrators: readonly string[] | null;
  readonly outbox: Pick<Outbox, 'resetsSince'>;
  readonly now: () => number;
}

/** Links that a user is sent within an hour when she asks for them, or somebody else does. */
const MOST_RESETS = 3;
const HOUR_MS = 3_600_000;
/** Users with one address that get a link each. */
const MOST_SHARING = 20;

/** Finds out who is to be told, and writes to each what there is to say at that moment. */
export class LetterWriter {
  readonly #context: WriterContext;

  constructor(context: WriterContext) {
    this.#context = context;
  }

  /** The letters that an errand leads to. @param number of the errand, for their keys */
  async lettersOf(errand: Errand, number: number): Promise<(readonly [key: string, letter: Letter])[]> {
    const users = await this.#context.users();
    if (errand.kind === 'asked') {
      return this.#meant(errand.text, users).map(({ id }) => [
        `reset/${id}/${number}`,
        { kind: 'reset', user: id, by: null },
      ]);
    }
    const addresses =
      this.#context.administrators ??
      users.filter(({ isAdministrator }) => isAdministrator).map(({ email }) => email.trim());
    return [...new Set(addresses)]
      .filter(isMailAddress)
      .map((to) => [`${number}/${to}`, { kind: 'failure', of: errand, to }]);
  }

  /** Null if nobody is to be told any more. */
  async write(letter: Letter): Promise<Message | null> {
    switch (letter.kind) {
      case 'reset':
        return await this.#reset(letter);
      case 'live':
        return await this.#live(letter.change);
      case 'failure':
        return this.#failure(letter);
    }
  }

  /** Whom it is for, in words. */
  async receiverOf(about: About): Promise<string> {
    if (about.kind === 'failure') return about.to;
    if (about.kind === 'live') return this.#context.runs.change(about.change)?.by ?? 'somebody';
    if (about.kind === 'asked') return 'somebody who asked';
    if (about.kind !== 'reset') return 'administrators';
    const users = await this.#context.users();
    return users.find(({ id }) => id === about.user)?.userid ?? 'somebody';
  }

  /** The mail goes to the address of the row, never to the one that was typed. */
  #meant(text: string, users: readonly MailUser[]): MailUser[] {
    const typed = text.trim().toLowerCase();
    if (typed === '') return [];
    const since = this.#context.now() - HOUR_MS;
    return users
      .filter(({ userid, email }) => userid.toLowerCase() === typed || email.trim().toLowerCase() === typed)
      .slice(0, MOST_SHARING)
      .filter(({ id }) => this.#context.outbox.resetsSince(id, since) < MOST_RESETS);
  }

  async #reset({ user, by }: Extract<Letter, { kind: 'reset' }>): Promise<Message | null> {
    const found = (await this.#context.users()).find(({ id }) => id === user);
    const to = found && mailboxOf(found);
    if (!found || !to) return null;
    const link = await this.#context.resetLink(user);
    if (link === null) return null;
    const { userid, name } = found;
    return messageTo(to, resetWording({ userid, name, by, ...link }));
  }

  async #live(id: string): Promise<Message | null> {
    const change = this.#context.runs.change(id);
    if (change?.state !== 'live' || !change.live) return null;
    const found = (await this.#context.users()).find(({ userid }) => userid === change.by);
    const to = found && mailboxOf(found);
    return found && to ? messageTo(to, liveWording(found.name, change)) : null;
  }

  #failure({ of, to }: Extract<Letter, { kind: 'failure' }>): Message | null {
    const { runs, pageAt } = this.#context;
    const mailbox = { name: '', address: to };
    if (of.kind === 'run-failed') {
      const run = runs.run(of.run);
      // Somebody has had it tried again meanwhile.
      if (run?.state !== 'failed' || run.next !== null) return null;
      return messageTo(mailbox, runFailedWording(run, runs.changesOf(run.id), pageAt(`/runs/${run.id}`)));
    }
    const change = runs.change(of.change);
    if (change?.state !== 'failed') return null;
    return messageTo(mailbox, unansweredWording(change, pageAt(`/requests/${change.id}`)));
  }
}

/** Null where the index has no address that could be one. */
function mailboxOf({ email, name }: MailUser): Mailbox | null {
  const address = email.trim();
  return isMailAddress(address) ? { name, address } : null;
}

function messageTo(to: Mailbox, wording: Wording): Message {
  return { to, ...renderMail(wording) };
}
