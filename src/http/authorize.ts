import { hash, timingSafeEqual } from 'node:crypto';
import { costClass } from '../index/cost-class.ts';
import type { User } from '../index/index-model.ts';
import { MAX_PASSWORD_BYTES, verifyPassword } from '../index/password.ts';
import { provenClasses } from '../index/proven.ts';
import type { Credentials } from './credentials.ts';

/** The identities that a request can prove: users who may log in here, and the token of the machine. */
export interface Authorities {
  /** Users of the installed index; null if none can be read, so that no login works. */
  readonly users: readonly User[] | null;
  /** `UPDATE_CONFIG_TOKEN`; null or empty for none. */
  readonly token: string | null;
}

/**
 * Whether a request comes from an administrator: a user who may enter `index`, with the password that Navigator would
 * accept, or a caller with the token. These never match: an empty password or token; a password of more than 128 bytes;
 * a hash that costs more than bcrypt 14 or 200,000 rounds of SHA-crypt; a hash of a kind and cost that is not among the
 * first eight (`provenClasses`). With such a hash a user may log in at Navigator, but proves nothing here.
 *
 * The time of a refusal reveals neither whether a user exists, nor the cost of the hash, nor how much of a token was
 * right.
 *
 * @param verify replaces `verifyPassword` in tests that count
 */
export async function isAdministrator(
  request: { readonly credentials: Credentials | null },
  authorities: Authorities,
  verify = verifyPassword,
): Promise<boolean> {
  const { credentials } = request;
  if (credentials === null) return false;
  if (credentials.scheme === 'bearer') return isSameToken(credentials.token, authorities.token);
  return await proves(credentials, authorities.users ?? [], mayAdminister, verify);
}

/** A name and a password, as somebody gave them. */
export type Login = Extract<Credentials, { scheme: 'basic' }>;

/**
 * Whether a login is one of these users', by the same rules and in the same time. `verify` as for `isAdministrator`.
 *
 * @param may whether that user's password is to count at all
 */
export async function proves(
  { userid, password }: Omit<Login, 'scheme'>,
  users: readonly User[],
  may: (userid: string, users: readonly User[]) => boolean = () => true,
  verify = verifyPassword,
): Promise<boolean> {
  if (password === '' || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return false;
  // Navigator knows users by their htpasswd line, the application by their userid: so the password is the line's, the
  // rights are those of the row that has the name as its userid. Usually the two are one row.
  const hashes = hashesOf(users);
  const own = hashes.get(userid);
  const proven = provenClasses(users);
  const found = own === undefined ? null : costClass(own);
  const ownClass = found !== null && proven.has(found) ? found : null;
  const isRight = own !== undefined && ownClass !== null && (await verify(own, password));
  if (isRight && may(userid, users)) return true;
  await spend({ hashes, proven, verified: ownClass }, (hash) => verify(hash, password));
  return false;
}

/** Digests are compared, since the comparison of unlike lengths would tell the length. */
export function isSameToken(given: string, expected: string | null): boolean {
  if (!given || !expected) return false;
  const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(given), digest(expected));
}

/** By the name in each htpasswd line; of two lines with one name the later counts, as it does for Navigator. */
function hashesOf(users: readonly User[]): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const { htpasswdLine } of users) {
    if (htpasswdLine === null) continue;
    const colon = htpasswdLine.indexOf(':');
    hashes.set(htpasswdLine.slice(0, colon), htpasswdLine.slice(colon + 1));
  }
  return hashes;
}

function mayAdminister(name: string, users: readonly User[]): boolean {
  return users.some(({ userid, sites }) => userid === name && sites.includes('index'));
}

interface Spending {
  readonly hashes: ReadonlyMap<string, string>;
  readonly proven: ReadonlySet<string>;
  /** The class of which one was verified already. */
  readonly verified: string | null;
}

/**
 * Verifies one hash of each class that proves something, but for the one of which one was verified already: so all
 * refusals cost the same. An index has two or three classes as a rule.
 */
async function spend(
  { hashes, proven, verified }: Spending,
  verify: (hash: string) => Promise<boolean>,
): Promise<void> {
  const spent = new Set([verified]);
  for (const hash of hashes.values()) {
    const cost = costClass(hash);
    if (cost === null || !proven.has(cost) || spent.has(cost)) continue;
    spent.add(cost);
    await verify(hash);
  }
}
