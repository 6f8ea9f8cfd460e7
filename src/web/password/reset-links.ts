import { createHash } from 'node:crypto';
import type { Seals } from '../../http/seals.ts';
import { textOf, type WholeRow } from '../../requests/index-tables.ts';
import type { ResetTokens } from '../../runs/reset-tokens.ts';

/** Milliseconds: somebody reads her mail in the evening. */
export const LINK_MS = 24 * 3_600_000;

/**
 * Links with which somebody sets a password who cannot log in. Each has a token of 256 random bits, of which a hash is
 * kept, and a seal over the row as it was: with another userid, address or password of that user it is of no use any more,
 * nor for whoever gets the number of a user who is gone.
 */
export class ResetLinks {
  readonly #tokens: ResetTokens;
  readonly #seals: Seals;

  constructor(tokens: ResetTokens, seals: Seals) {
    this.#tokens = tokens;
    this.#seals = seals;
  }

  /** @returns text for an address; it is nowhere else */
  issue(user: WholeRow): string {
    const token = this.#tokens.issue(Number(user['id']), LINK_MS);
    return `${token}.${this.#seals.seal(sealedOf(token, user), LINK_MS)}`;
  }

  /** Whose it is, without using it up; null for one that is unknown, used, too old, or empty. */
  holder(text: string, users: readonly WholeRow[]): WholeRow | null {
    const { token, seal } = partsOf(text);
    const id = this.#tokens.find(token);
    const user = id === null ? undefined : users.find((row) => row['id'] === id);
    // Of two rows with one name the first is the one whose password would be set.
    const first = users.find((row) => row['userid'] === user?.['userid']);
    return user && user === first && this.#seals.isGood(seal, sealedOf(token, user)) ? user : null;
  }

  /** Uses it up, with all others of the same user. Only one caller ever gets true, and says by `ended` how that went. */
  redeem(text: string): boolean {
    return this.#tokens.redeem(partsOf(text).token) !== null;
  }

  /** @param isSet whether a password was set with it; if not, it is as before */
  ended(user: WholeRow, isSet: boolean): void {
    this.#tokens.ended(Number(user['id']), isSet);
  }
}

/** A token has no dot in it. */
function partsOf(text: string): { readonly token: string; readonly seal: string } {
  const [token = '', ...seal] = text.split('.');
  return { token, seal: seal.join('.') };
}

function sealedOf(token: string, user: WholeRow) {
  const row = ['id', 'userid', 'email', 'password'].map((column) => textOf(user, column));
  return { purpose: 'reset', subjects: [createHash('sha256').update(token).digest('hex'), ...row] };
}
