import { hash, randomBytes } from 'node:crypto';
import type { Database } from '../database/sqlite.ts';

/** 256 bits. */
const BYTES = 32;
const FORM = /^[A-Za-z0-9_-]{43}$/;

/**
 * Tokens with which somebody sets a password who cannot log in. Only a hash of each is kept, so that who reads the file
 * cannot use one.
 */
export class ResetTokens {
  readonly #db: Database;
  /** Users who have redeemed one in this process, and whose password is being set now. */
  readonly #underWay = new Set<number>();

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * @param user id of the row
   * @returns a new token of 256 random bits, for an address: it is nowhere else
   */
  issue(user: number, validMs: number): string {
    const token = randomBytes(BYTES).toString('base64url');
    const now = Date.now();
    this.#db
      .prepare('INSERT INTO reset_tokens (hash, user, made_at, expires_at) VALUES (?, ?, ?, ?)')
      .run(digest(token), user, now, now + validMs);
    return token;
  }

  /** Whose it is, without using it up; null for an unknown, used, expired or empty one. */
  find(token: string): number | null {
    if (!FORM.test(token)) return null;
    return (
      this.#db
        .prepare<[Buffer, number], number>(
          'SELECT user FROM reset_tokens WHERE hash = ? AND used_at IS NULL AND expires_at > ?',
        )
        .pluck()
        .get(digest(token), Date.now()) ?? null
    );
  }

  /**
   * Uses it up, with all others of the same user. Only one caller ever gets the user, and says by `ended` how that went; null
   * as of `find`, and while another token of that user is under way: should that one fail, this one must not be given back.
   */
  redeem(token: string): number | null {
    const redeemed = this.#db
      .transaction(() => {
        const user = this.find(token);
        if (user === null || this.#underWay.has(user)) return null;
        this.#db
          .prepare('UPDATE reset_tokens SET used_at = ? WHERE user = ? AND used_at IS NULL')
          .run(Date.now(), user);
        return user;
      })
      .immediate();
    if (redeemed !== null) this.#underWay.add(redeemed);
    return redeemed;
  }

  /** @param isSet whether the password of the user who redeemed one was set with it; if not, it is as before */
  ended(user: number, isSet: boolean): void {
    this.#underWay.delete(user);
    if (!isSet) this.#revive(user);
  }

  /**
   * Takes back what was redeemed without setting a password: the change that should have followed was dropped, or never
   * came, since a server was killed or the index could not be written. What is still in doubt, or under way, stays used up.
   */
  revive(): void {
    this.#revive(null);
  }

  /** @param user only hers; those of all where null */
  #revive(user: number | null): void {
    const underWay = JSON.stringify([...this.#underWay]);
    this.#db
      .prepare(
        `UPDATE reset_tokens SET used_at = NULL
         WHERE used_at IS NOT NULL AND (? IS NULL OR user = ?)
         AND user NOT IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
           SELECT 1 FROM changes WHERE kind = 'password' AND state <> 'dropped' AND made_at >= used_at
           AND json_extract(new_values, '$.id') = user)`,
      )
      .run(user, user, underWay);
  }
}

function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
