import { createHash, timingSafeEqual } from 'node:crypto';
import { hashProblem } from './htpasswd.ts';

/** Of a SHA-crypt hash that names none. */
const DEFAULT_ROUNDS = 5000;

/** Bytes. The work of SHA-crypt grows with the square of the password's length; nobody types more than this. */
export const MAX_PASSWORD_BYTES = 128;

/**
 * Work that a guess may cost: some 1.5 s of a processor for bcrypt, 0.3 s for SHA-crypt. Navigator, whose code is
 * compiled, takes htpasswd lines up to bcrypt 16 and a million rounds.
 */
const MAX_BCRYPT_COST = 14;
const MAX_CRYPT_ROUNDS = 200_000;

/**
 * What the work of verifying a hash depends on, such as `bcrypt 12`: verifying any two hashes of one class takes the same
 * time for the same password. Null for a hash that is never verified here: one that `parseHtpasswdLine` refuses, or one
 * dearer than bcrypt 14 or 200,000 rounds of SHA-crypt. The latter is a valid htpasswd line, and its user may log in at
 * Navigator, but it proves nothing here.
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

/**
 * Whether a password is the one that was hashed. It answers as Navigator does for the same line, and takes the same
 * time whatever the hash holds; each kind's code is loaded when it is met.
 *
 * @returns false for every hash without a `costClass`, clear text above all, and for a password of more than 128 bytes.
 */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const bytes = Buffer.from(password);
  if (costClass(hash) === null || bytes.length > MAX_PASSWORD_BYTES) return false;
  if (hash.startsWith('{')) return verifySha1(hash, bytes);
  const [, kind, ...rest] = hash.split('$');
  const digest = rest.at(-1) ?? '';
  if (kind === 'apr1') {
    const { apr1 } = await import('./apr1.ts');
    return same(apr1(bytes, saltOf(rest)), digest);
  }
  if (kind === '5' || kind === '6') {
    const { shaCrypt } = await import('./sha-crypt.ts');
    return same(shaCrypt(kind, bytes, saltOf(rest), roundsOf(rest)), digest);
  }
  const { default: bcrypt } = await import('bcryptjs');
  // All four letters name the same algorithm to Navigator; the library does not know `x`.
  return bcrypt.compare(password, `$2b${hash.slice(3)}`);
}

/** Of `[rounds=N,] salt, digest`, the parts of an apr1 or SHA-crypt hash behind its kind. */
const saltOf = (parts: readonly string[]): string => parts.at(-2) ?? '';

/** Rounds of such a SHA-crypt hash. */
function roundsOf([first = '', ...others]: readonly string[]): number {
  return others.length === 2 ? Number(first.slice('rounds='.length)) : DEFAULT_ROUNDS;
}

/** {SHA} is the digest of the password; {SSHA} that of password and salt, with the salt behind it. */
function verifySha1(hash: string, password: Buffer): boolean {
  const stored = Buffer.from(hash.slice(hash.indexOf('}') + 1), 'base64');
  const digest = createHash('sha1').update(password).update(stored.subarray(20)).digest();
  return timingSafeEqual(digest, stored.subarray(0, 20));
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
