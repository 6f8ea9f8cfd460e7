import { hash } from 'node:crypto';
import { crypt64 } from './crypt64.ts';

interface Kind {
  readonly algorithm: 'sha256' | 'sha512';
  readonly order: readonly number[];
}

/**
 * The order in which the digest's bytes are written: each group of three starts where the one before did, turned by
 * one third of the digest; the bytes that are left over follow.
 */
function byteOrder(third: number, turns: readonly number[], rest: readonly number[]): number[] {
  const order: number[] = [];
  let group = [0, third, 2 * third];
  for (let at = 0; at < third; at++) {
    order.push(...group.map((byte) => byte + at));
    group = turns.map((from) => group[from] ?? 0);
  }
  return [...order, ...rest];
}

const KINDS: Readonly<Record<'5' | '6', Kind>> = {
  5: { algorithm: 'sha256', order: byteOrder(10, [2, 0, 1], [31, 30]) },
  6: { algorithm: 'sha512', order: byteOrder(21, [1, 2, 0], [63]) },
};

/** `bytes`, over and over, until there are `length` of them. */
function repeated(bytes: Buffer, length: number): Buffer {
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes);
}

/**
 * The hash of a password by SHA-crypt, without its `$5$...$` or `$6$...$`: 43 or 86 characters. After Ulrich Drepper's
 * "Unix crypt using SHA-256 and SHA-512", whose names the variables bear. Written here because the package for it
 * is wrong for passwords of exactly 32 or 64 bytes, and takes memory by the number of rounds.
 */
export function shaCrypt(kind: '5' | '6', password: Buffer, salt: string, rounds: number): string {
  const { algorithm, order } = KINDS[kind];
  const sha = (...parts: Buffer[]): Buffer => hash(algorithm, Buffer.concat(parts), 'buffer');
  const salted = Buffer.from(salt);
  const b = sha(password, salted, password);
  const bits: Buffer[] = [];
  for (let left = password.length; left > 0; left >>= 1) bits.push(left & 1 ? b : password);
  let digest = sha(password, salted, repeated(b, password.length), ...bits);
  const p = repeated(sha(repeated(password, password.length ** 2)), password.length);
  const s = repeated(sha(repeated(salted, salted.length * (16 + (digest[0] ?? 0)))), salted.length);
  const none = Buffer.alloc(0);
  for (let round = 0; round < rounds; round++) {
    digest = sha(round & 1 ? p : digest, round % 3 ? s : none, round % 7 ? p : none, round & 1 ? digest : p);
  }
  return crypt64(digest, order);
}
