/**
 * Keys become URL paths, database file names, YAML keys and parts of patterns, so few characters are allowed: letters
 * of any script, ASCII digits, `.`, `_`, `-`, `'` and `+`, in Unicode's composed form (NFC), so that two keys that look
 * the same are the same.
 */
const KEY = /^[\p{L}0-9._\-'+]+$/u;

/** Nearly every key has only these characters, and then nothing else can be wrong with it. */
const PLAIN_KEY = /^[A-Za-z0-9_\-'+]+$/;

/**
 * Bytes of UTF-8. The longest name of a file that is made from two keys must fit into 255: that of a copy kept aside,
 * `<year>-<studio>-<event>.sqlite3.changed-elsewhere-<time>-<digest>`, has 254.
 */
export const MAX_KEY_BYTES = 94;

/**
 * Endings by which Navigator knows static files: it serves them from disk, sends them to another app, or lets them
 * through without a login. A tenant whose path ended so would be open to everybody.
 */
const STATIC_FILE = /\.(?:css|gif|html?|ico|jpe?g|js|json|map|pdf|png|svg|txt|webp|xlsx|xml)$/i;

/** Why `key` cannot be used, as the end of the sentence "key "..." ..."; null when it can. */
export function keyProblem(key: string): string | null {
  if (key.length <= MAX_KEY_BYTES && PLAIN_KEY.test(key)) return null;
  if (key === '') return 'is empty';
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `is longer than ${MAX_KEY_BYTES} bytes`;
  if (!KEY.test(key)) return "may hold only letters, digits and . _ - ' +";
  if (key === '.' || key.includes('..')) return 'is a step in a file path';
  if (key.normalize('NFC') !== key) return 'is not in the composed form of Unicode (NFC)';
  if (STATIC_FILE.test(key)) return 'ends like a static file, for which no login is asked';
  return null;
}

/**
 * The same for studios and regions: each has a page and an inventory of its own beside `index.html` and `index.json`.
 * Events need no reserved words: their paths begin with a year and a studio, and nothing else has such a path.
 */
export function pageKeyProblem(key: string): string | null {
  return key === 'index' ? 'is the name of the page that lists all others' : keyProblem(key);
}
