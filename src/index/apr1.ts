import { hash } from 'node:crypto';
import { crypt64 } from './crypt64.ts';

const ORDER = [0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 5, 11];

const NONE = Buffer.alloc(0);

function md5(...parts: Buffer[]): Buffer {
  return hash('md5', Buffer.concat(parts), 'buffer');
}

/**
 * Apache's MD5 hash of a password, without its `$apr1$<salt>$`: 22 characters. As apr_md5_encode() does it in the
 * Apache Portable Runtime. Written here because the package for it reads passwords as Latin-1.
 */
export function apr1(password: Buffer, salt: string): string {
  const salted = Buffer.from(salt);
  const inner = md5(password, salted, password);
  const start: Buffer[] = [Buffer.from(`$apr1$${salt}`)];
  for (let left = password.length; left > 0; left -= 16) start.push(inner.subarray(0, Math.min(16, left)));
  for (let bits = password.length; bits > 0; bits >>= 1) {
    start.push(bits & 1 ? Buffer.of(0) : password.subarray(0, 1));
  }
  let digest = md5(password, ...start);
  for (let round = 0; round < 1000; round++) {
    digest = md5(
      round & 1 ? password : digest,
      round % 3 ? salted : NONE,
      round % 7 ? password : NONE,
      round & 1 ? digest : password,
    );
  }
  return crypt64(digest, ORDER);
}
