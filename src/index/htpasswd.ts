/**
 * Lines of an htpasswd file, read as strictly as they can be. Navigator reads the file with go-htpasswd, which trims
 * a line, splits it at the first colon, and tells the kind of hash by its beginning; **what begins like none of them
 * is taken as a clear-text password**, an empty one included. So a line passes here only if it is whole and of a kind
 * that is known there too.
 */

const CRYPT64 = '[./0-9A-Za-z]';

/**
 * Work that a login may cost. Beyond these it takes more than the few seconds that a visitor waits, and whoever types
 * that user's name could keep a processor busy at will.
 */
const MAX_BCRYPT_COST = 16;
const MAX_CRYPT_ROUNDS = 1_000_000;

/** Bytes. Far below the 64 KiB at which Go's line reader gives the whole file up. */
const MAX_USER_BYTES = 255;

const BCRYPT = new RegExp(`^\\$2[abxy]\\$(\\d\\d)\\$${CRYPT64}{53}$`);
const APR1 = new RegExp(`^\\$apr1\\$${CRYPT64}{1,8}\\$${CRYPT64}{22}$`);
const CRYPT_SHA = new RegExp(
  `^\\$(?:5\\$(?:rounds=([1-9]\\d{3,8})\\$)?${CRYPT64}{1,16}\\$${CRYPT64}{43}|6\\$(?:rounds=([1-9]\\d{3,8})\\$)?${CRYPT64}{1,16}\\$${CRYPT64}{86})$`,
);
const SHA1 = /^\{(SHA|SSHA)\}((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;

/**
 * Reads one line.
 *
 * @returns user and hash, or the reason why the line cannot be used: words that hold nothing of the line itself.
 */
export function parseHtpasswdLine(line: string): { userid: string; hash: string } | { reason: string } {
  if (line === '') return { reason: 'is empty' };
  if (/[\r\n]/.test(line)) return { reason: 'is more than one line' };
  if (/[\p{Cc}\u2028\u2029]/u.test(line)) return { reason: 'has control characters' };
  if (line.includes('\ufffd')) return { reason: 'is not valid UTF-8' };
  const colon = line.indexOf(':');
  if (colon < 0) return { reason: 'has no colon between user and hash' };
  const userid = line.slice(0, colon);
  const hash = line.slice(colon + 1);
  const reason = useridProblem(userid) ?? hashProblem(hash);
  return reason ? { reason } : { userid, hash };
}

/** Why nobody could log in under this name; null when somebody could. */
export function useridProblem(userid: string): string | null {
  if (userid === '') return 'has no user name';
  if (userid.trim() !== userid) return 'has a user name with space around it';
  if (userid.includes(':')) return 'has a user name with a colon';
  if (/[\p{Cc}\u2028\u2029\ufffd]/u.test(userid)) return 'has a user name with unprintable characters';
  if (Buffer.byteLength(userid) > MAX_USER_BYTES)
    return `has a user name longer than ${MAX_USER_BYTES} bytes`;
  return null;
}

/** Why a hash cannot be used; null when it can. */
export function hashProblem(hash: string): string | null {
  if (hash === '') return 'has no hash, so that an empty password would do';
  const bcrypt = BCRYPT.exec(hash);
  if (bcrypt) {
    const cost = Number(bcrypt[1]);
    return cost < 4 || cost > MAX_BCRYPT_COST ? `has a bcrypt cost beyond 4 to ${MAX_BCRYPT_COST}` : null;
  }
  if (APR1.test(hash)) return null;
  const crypt = CRYPT_SHA.exec(hash);
  if (crypt) {
    const rounds = Number(crypt[1] ?? crypt[2] ?? 5000);
    return rounds > MAX_CRYPT_ROUNDS ? `has more than ${MAX_CRYPT_ROUNDS} rounds of crypt-sha` : null;
  }
  const sha = SHA1.exec(hash);
  if (sha) return sha1Problem(sha[1] === 'SSHA', Buffer.from(sha[2] ?? '', 'base64').length);
  return /^(?:\$|\{)/.test(hash)
    ? 'has a hash of an unknown kind, or one that is cut short'
    : 'has something that is no hash, and would be taken as a clear-text password';
}

/** 20 bytes of digest; for SSHA, its salt behind them. */
function sha1Problem(salted: boolean, bytes: number): string | null {
  const good = salted ? bytes > 20 && bytes <= 84 : bytes === 20;
  return good ? null : `has a {${salted ? 'SSHA' : 'SHA'}} hash of the wrong length`;
}
