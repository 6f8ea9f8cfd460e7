/**
 * Lines of an htpasswd file, read as strictly as possible. Navigator reads the file with go-htpasswd, which trims a
 * line, splits it at the first colon, and recognises the kind of hash by its beginning. **It takes a hash of an unknown
 * kind as a clear-text password**, an empty one included. So a line passes here only if it is whole and of a known
 * kind.
 */

/**
 * The cost of a login, at most. A higher cost takes more than the few seconds that a visitor waits, and anybody who
 * types that user's name could keep a processor busy.
 */
const MAX_BCRYPT_COST = 16;
const MAX_CRYPT_ROUNDS = 1_000_000;

/** Bytes. Far below the 64 KiB at which Go's line reader gives the whole file up. */
const MAX_USER_BYTES = 255;

const WRONG_LENGTH = 'has a hash, or a salt, of the wrong length';

// Lengths are checked apart: counted repetitions make expressions that take milliseconds to compile.
const BCRYPT = /^\$2[abxy]\$(\d\d)\$[./0-9A-Za-z]+$/;
const APR1 = /^\$apr1\$([./0-9A-Za-z]+)\$([./0-9A-Za-z]+)$/;
const CRYPT_SHA = /^\$([56])\$(?:rounds=([1-9]\d+)\$)?([./0-9A-Za-z]+)\$([./0-9A-Za-z]+)$/;
const SHA1 = /^\{(SHA|SSHA)\}([A-Za-z0-9+/]+=?=?)$/;

/** Nearly every user name has only these: printable ASCII without space and colon. */
const PLAIN_USER = /^[!-9;-~]+$/;

/** White space by Go's definition, which Navigator trims: not the same as JavaScript's. */
const SPACE = /\p{White_Space}/u;

/**
 * A line as Navigator reads it, without white space and line ends at its end. White space elsewhere stays, and
 * `parseHtpasswdLine` reports it. Not a single expression: that would take quadratic time.
 */
export function withoutTrailingSpace(line: string): string {
  let end = line.length;
  while (end > 0 && SPACE.test(line.charAt(end - 1))) end -= 1;
  return line.slice(0, end);
}

/**
 * Reads one line.
 *
 * @returns user and hash, or the reason why the line cannot be used, which quotes nothing of the line.
 */
export function parseHtpasswdLine(line: string): { userid: string; hash: string } | { reason: string } {
  const colon = line.indexOf(':');
  const userid = line.slice(0, Math.max(colon, 0));
  const hash = line.slice(colon + 1);
  const reason = useridProblem(userid) ?? hashProblem(hash);
  return reason ? { reason: lineProblem(line) ?? reason } : { userid, hash };
}

/** What is wrong with the whole line; this says more than what is wrong with a part of it. */
function lineProblem(line: string): string | null {
  if (line === '') return 'is empty';
  if (/[\r\n]/.test(line)) return 'is more than one line';
  if (/[\p{Cc}\u2028\u2029]/u.test(line)) return 'has control characters';
  if (line.includes('\ufffd')) return 'is not valid UTF-8';
  return line.includes(':') ? null : 'is not an htpasswd line (user:hash)';
}

/** Why nobody could log in under this name; null for a good name. */
export function useridProblem(userid: string): string | null {
  if (userid.length <= MAX_USER_BYTES && PLAIN_USER.test(userid)) return null;
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
  if (hash === '') return 'has no hash: an empty password would be accepted';
  const problem = bcryptProblem(hash) ?? apr1Problem(hash) ?? cryptShaProblem(hash) ?? sha1Problem(hash);
  if (problem !== undefined) return problem === GOOD ? null : problem;
  if (SPACE.test(hash)) return 'has white space within its hash';
  return /^[${]/.test(hash)
    ? 'has a hash of an unknown kind, or one that is cut short'
    : 'has a hash that is not a hash: Navigator would take it as a clear-text password';
}

/** The functions below return this for a good hash of their kind; for another kind they return undefined. */
const GOOD = '';

function bcryptProblem(hash: string): string | undefined {
  const cost = Number(BCRYPT.exec(hash)?.[1]);
  if (Number.isNaN(cost)) return undefined;
  if (hash.length !== 60) return WRONG_LENGTH;
  return cost >= 4 && cost <= MAX_BCRYPT_COST ? GOOD : `has a bcrypt cost beyond 4 to ${MAX_BCRYPT_COST}`;
}

function apr1Problem(hash: string): string | undefined {
  const [, salt, digest] = APR1.exec(hash) ?? [];
  if (!salt || !digest) return undefined;
  return salt.length <= 8 && digest.length === 22 ? GOOD : WRONG_LENGTH;
}

function cryptShaProblem(hash: string): string | undefined {
  const [, kind, rounds = '5000', salt, digest] = CRYPT_SHA.exec(hash) ?? [];
  if (!salt || !digest) return undefined;
  if (salt.length > 16 || digest.length !== (kind === '5' ? 43 : 86)) return WRONG_LENGTH;
  const good = Number(rounds) >= 1000 && Number(rounds) <= MAX_CRYPT_ROUNDS;
  return good ? GOOD : `has rounds of crypt-sha beyond 1000 to ${MAX_CRYPT_ROUNDS}`;
}

/** 20 bytes of digest in base64; for SSHA, its salt behind them. */
function sha1Problem(hash: string): string | undefined {
  const [, kind, text] = SHA1.exec(hash) ?? [];
  if (!kind || !text) return undefined;
  const bytes = Buffer.byteLength(text, 'base64');
  const good = text.length % 4 === 0 && (kind === 'SHA' ? bytes === 20 : bytes > 20 && bytes <= 84);
  return good ? GOOD : WRONG_LENGTH;
}
