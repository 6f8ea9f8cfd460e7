import { hash, timingSafeEqual } from 'node:crypto';
import { verifyPassword } from '../index/password.ts';
import type { User } from '../index/types.ts';
import type { Credentials } from './credentials.ts';

/** Whom a request can prove to be: those who may log in here, and the token of the machine. */
export interface Authorities {
  /** Users of the installed index; null when there is none that can be read, and so nobody can log in. */
  readonly users: readonly User[] | null;
  /** `UPDATE_CONFIG_TOKEN`; null or empty for none. */
  readonly token: string | null;
}

/**
 * Whether a request comes from an administrator: a user who may enter `index` and knows the password that Navigator
 * would accept, or whoever holds the token. An empty password or token never matches. How long the answer takes tells
 * neither whether a user exists nor how much of a token was right.
 */
export async function isAdministrator(
  request: { readonly credentials: Credentials | null },
  authorities: Authorities,
): Promise<boolean> {
  const { credentials } = request;
  if (credentials === null) return false;
  if (credentials.scheme === 'bearer') return sameToken(credentials.token, authorities.token);
  return await knowsPassword(credentials.userid, credentials.password, authorities.users ?? []);
}

/** Digests are compared, since the comparison of unlike lengths would tell the length. */
function sameToken(given: string, expected: string | null): boolean {
  if (!given || !expected) return false;
  const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * Navigator knows users by their htpasswd line, the application by their userid: so the password is the line's, the
 * rights are those of the row that has the name as its userid. Usually the two are one row.
 */
async function knowsPassword(name: string, password: string, users: readonly User[]): Promise<boolean> {
  const hashes = new Map<string, string>();
  for (const { htpasswdLine } of users) {
    if (htpasswdLine === null) continue;
    const colon = htpasswdLine.indexOf(':');
    hashes.set(htpasswdLine.slice(0, colon), htpasswdLine.slice(colon + 1));
  }
  const known = hashes.get(name);
  const stored = known ?? decoy(name, [...hashes.values()]);
  if (stored === undefined || password === '') return false;
  const right = await verifyPassword(stored, password);
  return right && known !== undefined && mayAdminister(name, users);
}

function mayAdminister(name: string, users: readonly User[]): boolean {
  return users.some(({ userid, sites }) => userid === name && sites.includes('index'));
}

/** Another user's hash, always the same one for the same name: checking it takes as long as a real one would. */
function decoy(name: string, hashes: readonly string[]): string | undefined {
  const pick = hash('sha256', name, 'buffer').readUInt32BE(0);
  return hashes[pick % hashes.length];
}
