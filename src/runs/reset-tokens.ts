/** Tokens with which somebody sets a password who cannot log in. Only a hash of each is kept. */
export interface ResetTokens {
  /** @returns a new token of 256 random bits, for an address: it is nowhere else */
  issue(user: number, validMs: number): string;
  /** Whose it is, without using it up; null for an unknown, used, expired or empty one. */
  find(token: string): number | null;
  /** Uses it up, with all others of the same user. Only one caller ever gets the user. */
  redeem(token: string): number | null;
}
