import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FieldProblem } from './request-model.ts';
import { fold } from './row-lists.ts';

/** Characters. */
const SHORTEST = 8;
/** Bytes; bcrypt looks at no more, so a longer password would not be the one that was typed. */
const LONGEST_BYTES = 72;
/** Rounds as a power of two: some 60 ms here, and as much for each login on a machine. */
const COST = 10;

/** Makes a hash as an htpasswd line has it behind the name: `$2b$10$...`. */
export type HashPassword = (password: string) => Promise<string>;

/** The hash before; never rejects. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Hashes in this thread, for which bcryptjs lets nothing else in for up to 100 ms, and several at once for as many times as
 * long: so one is hashed after another, with a turn for everything else in between.
 */
export const hashHere: HashPassword = async (password) => {
  const turn = last.then(async () => {
    await nextTurn();
    const { default: bcrypt } = await import('bcryptjs');
    return await bcrypt.hash(password, COST);
  });
  last = turn.catch(() => {});
  return await turn;
};

/**
 * Proves a new password and hashes it.
 *
 * @returns the hash as an htpasswd line has it behind the name, `$2b$10$...`; or what is wrong, which never quotes the password
 */
export async function hashedPassword(
  userid: string,
  password: string,
  hash: HashPassword,
): Promise<{ readonly hash: string } | { readonly problems: readonly FieldProblem[] }> {
  const message = await passwordProblem(userid, password);
  if (message !== null) return { problems: [{ field: 'password', message }] };
  return { hash: await hash(password) };
}

/** Why a password cannot be taken, as a sentence; null for a good one. */
export async function passwordProblem(userid: string, password: string): Promise<string | null> {
  if (password.trim() === '') return 'The password is missing.';
  if (!password.isWellFormed() || /\p{Cc}/u.test(password)) {
    return 'The password holds a character that cannot be typed.';
  }
  if ([...password].length < SHORTEST) return `The password must have at least ${SHORTEST} characters.`;
  if (Buffer.byteLength(password) > LONGEST_BYTES) {
    return `The password is too long: ${LONGEST_BYTES} bytes is the most, and letters with accents take two or more.`;
  }
  if (fold(password) === fold(userid)) return 'The password must not be the userid.';
  if (await isCommon(password)) {
    return 'This password is one of the most common ones, which are tried first. Choose another.';
  }
  return null;
}

/** Whether it is on the list of some 49,000 common passwords, letters of either case alike. */
async function isCommon(password: string): Promise<boolean> {
  const { default: passwords } = await import('@zxcvbn-ts/language-common/dist/passwords.json.mjs');
  return passwords.includes(password.toLowerCase());
}
