import { Failure } from '../../failure.ts';
import { TooManyRequests } from '../../http/http-failures.ts';
import { networkOf } from '../../http/logins.ts';
import { Quota } from '../../http/quota.ts';
import type { Seals } from '../../http/seals.ts';
import type { Mail } from '../../mail/create-mail.ts';
import type { WholeRow } from '../../requests/index-tables.ts';
import type { ResetTokens } from '../../runs/reset-tokens.ts';
import type { People } from '../person.ts';
import { LINK_MS, ResetLinks } from './reset-links.ts';

/** Questions for a password from one address in a quarter of an hour: a school may have one address. */
const MOST_ASKED = 10;
const WINDOW_MS = 15 * 60_000;
/** Questions that wait to be looked at, from all addresses. */
const MOST_WAITING = 500;
/** Characters; the longest address has 254. */
const LONGEST_TYPED = 254;
/** Milliseconds that somebody may watch the machines take her password, who cannot log in. */
const WATCH_MS = 3_600_000;

export interface DeskContext {
  readonly tokens: ResetTokens;
  readonly seals: Seals;
  readonly mail: Pick<Mail, 'askForPassword' | 'questions'>;
  readonly people: () => Promise<Pick<People, 'rows'>>;
  /** Milliseconds, by a clock that does not go back. */
  readonly monotonicMs: () => number;
}

/** A link for a new password. */
export interface IssuedLink {
  /** Below the base, with its token. */
  readonly path: string;
  /** ISO 8601, UTC. */
  readonly until: string;
}

/** What the pages about passwords share: links, limits, and who may watch what. */
export class PasswordDesk {
  readonly links: ResetLinks;
  readonly #context: DeskContext;
  readonly #byAddress: Quota;

  constructor(context: DeskContext) {
    this.#context = context;
    this.links = new ResetLinks(context.tokens, context.seals);
    this.#byAddress = new Quota(context.monotonicMs, MOST_ASKED, WINDOW_MS);
  }

  /**
   * Somebody asks for a new password. Whether there is such a user is looked up afterwards: nothing here depends on it.
   *
   * @param text userid or address, as it was typed
   * @throws {TooManyRequests}
   * @throws {Failure} `busy`
   */
  ask(text: string, address: string): void {
    const { mail } = this.#context;
    const pause = this.#byAddress.take(networkOf(address));
    if (pause > 0) throw new TooManyRequests('new passwords were asked for too often', pause);
    if (mail.questions() >= MOST_WAITING) {
      throw new Failure('busy', 'too many people are asking for new passwords', {
        hint: 'Try again later, or ask an administrator for a link.',
      });
    }
    mail.askForPassword(text.slice(0, LONGEST_TYPED));
  }

  /** Whose link it is; null for a dead one. @throws {Failure} the index cannot be read */
  async holderOf(token: string): Promise<WholeRow | null> {
    if (token === '') return null;
    const { users } = (await this.#context.people()).rows;
    return this.links.holder(token, users);
  }

  /** A link for a user of the index as it is now; null for one who is gone. @throws {Failure} */
  async linkFor(id: number): Promise<IssuedLink | null> {
    const { users } = (await this.#context.people()).rows;
    const user = users.find((row) => row['id'] === id);
    if (!user) return null;
    const path = `/password/verify?${new URLSearchParams({ token: this.links.issue(user) })}`;
    return { path, until: new Date(Date.now() + LINK_MS).toISOString() };
  }

  /** The address of the page that shows one change of a password, for an hour, to whoever has it. */
  watchPath(change: string): string {
    const seal = this.#context.seals.seal(watchOf(change), WATCH_MS);
    return `/password/changes/${change}?${new URLSearchParams({ seal })}`;
  }

  mayWatch(change: string, seal: string): boolean {
    return this.#context.seals.isGood(seal, watchOf(change));
  }
}

function watchOf(change: string) {
  return { purpose: 'password-change', subjects: [change] };
}
