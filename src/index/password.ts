import { createHash, timingSafeEqual } from 'node:crypto';
import { costClass, roundsOf, saltOf } from './cost-class.ts';

/** Bytes. The work of SHA-crypt grows with the square of the password's length; nobody types more than this. */
export const MAX_PASSWORD_BYTES = 128;

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
