import { hashProblem } from './htpasswd.ts';

/** Rounds of a SHA-crypt hash that names none. */
const DEFAULT_ROUNDS = 5000;

/**
 * Work that a guess may cost: some 1.5 s of a processor for bcrypt, 0.3 s for SHA-crypt. Navigator, whose code is
 * compiled, takes htpasswd lines up to bcrypt 16 and a million rounds.
 */
const MAX_BCRYPT_COST = 14;
const MAX_CRYPT_ROUNDS = 200_000;

/**
 * The class of work that verifying a hash takes, such as `bcrypt 12`: any two hashes of one class take the same time
 * for the same password. Null for a hash that is never verified here: one that `parseHtpasswdLine` refuses, or one that
 * costs more than bcrypt 14 or 200,000 rounds of SHA-crypt. The latter is a valid htpasswd line, and its user may log
 * in at Navigator, but it proves nothing here.
 */
export function costClass(hash: string): string | null {
  if (hashProblem(hash)) return null;
  if (hash.startsWith('{')) return `${hash.slice(0, hash.indexOf('}') + 1)} ${hash.length}`;
  const [, kind = '', ...rest] = hash.split('$');
  if (kind === 'apr1') return `apr1 ${saltOf(rest).length}`;
  if (kind === '5' || kind === '6') {
    const rounds = roundsOf(rest);
    return rounds > MAX_CRYPT_ROUNDS ? null : `sha-crypt ${kind} ${rounds} ${saltOf(rest).length}`;
  }
  const cost = Number(rest[0]);
  return cost > MAX_BCRYPT_COST ? null : `bcrypt ${cost}`;
}

/** Of `[rounds=N,] salt, digest`, the parts of an apr1 or SHA-crypt hash behind its kind. */
export const saltOf = (parts: readonly string[]): string => parts.at(-2) ?? '';

/** Rounds of such a SHA-crypt hash. */
export function roundsOf([first = '', ...others]: readonly string[]): number {
  return others.length === 2 ? Number(first.slice('rounds='.length)) : DEFAULT_ROUNDS;
}
