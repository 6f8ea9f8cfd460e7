/** Makes text safe to be shown and logged. */
export interface Scrubber {
  /** Without secrets, and on one line: control characters are escaped, so that no text can forge a log line. */
  line(text: string): string;
  /** The same, but line ends and tabs stay: for a diff. */
  block(text: string): string;
  /** Every string in a plain value, keys aside; `diff` is a block, all else are lines. */
  value<T>(value: T): T;
}

const REDACTED = '[redacted]';

/** Characters. A literal shorter than this is not treated as a secret: it may be an everyday word. */
const SHORTEST_SECRET = 6;
/** Characters. A shorter part of a literal may be a word of a passphrase, which normal text has, too. */
const SHORTEST_PART = 16;

/** Variables that hold a secret. Variables that name a file with one are not among them. */
const SECRET_NAME = /(?:KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE)(?!.*_FILE$)/i;

/**
 * Patterns of secrets: password hashes (bcrypt, apr1, crypt, {SHA} and similar), passwords in URLs, keys of webhooks,
 * and signatures or credentials of a request.
 */
const SECRET_SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\$(?:apr1|argon2[a-z]*|scrypt|2[abxy]?|[1-9]|y|gy)\$[A-Za-z0-9./+=,$-]{4,}/g, REDACTED],
  [/\{(?:S?SHA(?:-?\d+)?|S?MD5|CRYPT|PLAIN)\}[^\s"',;]+/gi, REDACTED],
  [/(\/\/[^\s/:@]*:)[^\s/@]+@/g, `$1${REDACTED}@`],
  [/\b(Authorization["']?\s*[:=]\s*["']?(?:Basic|Bearer)\s+)[^\s"',]+/gi, `$1${REDACTED}`],
  [/\b((?:X-Amz-)?(?:Signature|Credential|Security-Token)=)[^\s&,"']+/gi, `$1${REDACTED}`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, REDACTED],
  [/whsec_[A-Za-z0-9+/=_-]{4,}/g, REDACTED],
];

/** Control and format characters (line breaks, escapes, bidirectional overrides) and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * The secrets in the environment of this process and of the request that it serves: the value of every variable whose
 * name says so (`KEY`, `SECRET`, `TOKEN`, `PASSWORD`, `PASSWD`, `PASSPHRASE`), except those ending in `_FILE`, the
 * address of a mail server, and the credentials of the request. Children inherit most of them, and may print them when they fail.
 */
export function secretsOf(env: NodeJS.ProcessEnv): string[] {
  const named = Object.entries(env).flatMap(([name, value]) => {
    if (name === 'SMTP_URL') return [value, passwordIn(value)];
    return SECRET_NAME.test(name) ? [value] : [];
  });
  const authorization = env['HTTP_AUTHORIZATION']?.trim().split(/\s+/).at(-1);
  return [...named, authorization].filter((value) => value !== undefined);
}

/** As it is told to a server, which may repeat it. */
function passwordIn(url = ''): string | undefined {
  try {
    return decodeURIComponent(URL.parse(url)?.password ?? '') || undefined;
  } catch {
    return undefined; // then it is refused when it is read
  }
}

/** Characters of base64 that say enough of a secret to be one. */
const SHORTEST_BASE64 = 8;

/**
 * A secret and the forms in which others write it: in base64, by itself and within something longer, and as JSON has it. What
 * is longer than a line also counts line by line. (Percent-encoded, every literal of a scrubber counts anyway.)
 */
export function formsOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  const plain = [...new Set([secret.trim(), ...lines])].filter((text) => text.length >= SHORTEST_SECRET);
  return [...new Set(plain.flatMap((text) => [text, JSON.stringify(text).slice(1, -1), ...base64Of(text)]))];
}

/** In base64 a text has one of three forms, by how many bytes stand before it; its ends depend on what is around it. */
function base64Of(text: string): string[] {
  const bytes = Buffer.from(text);
  const whole = bytes.toString('base64');
  const within = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // Characters that hold bits of this text alone.
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forms = [whole, ...within].filter((form) => form.length >= SHORTEST_BASE64);
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/**
 * @param secrets literal values that must never be shown, plain or percent-encoded; nor may a long part of one between
 *   white space, such as a line of a key.
 */
export function createScrubber(secrets: readonly string[]): Scrubber {
  // White space around one, such as a file's line end, is not sent with it.
  const bare = secrets.map((secret) => secret.trim());
  const parts = bare.flatMap((secret) => secret.split(/\s+/)).filter((part) => part.length >= SHORTEST_PART);
  const literals = [...new Set([...bare, ...parts].flatMap((secret) => [secret, ...encodedForms(secret)]))]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length);
  const beginning = beginningOfAny(literals);

  const redact = (text: string): string => {
    let result = text;
    // Most texts hold none, and there may be a thousand literals: so all are looked for at once.
    if (beginning?.test(text)) for (const literal of literals) result = result.replaceAll(literal, REDACTED);
    for (const [shape, replacement] of SECRET_SHAPES) result = result.replace(shape, replacement);
    return result;
  };
  const line = (text: string): string => redact(text).replace(UNPRINTABLE, escapeCharacter);
  const block = (text: string): string =>
    redact(text).replace(UNPRINTABLE, (character) =>
      /[\n\t]/.test(character) ? character : escapeCharacter(character),
    );
  const value = (input: unknown, name: string): unknown => {
    if (typeof input === 'string') return name === 'diff' ? block(input) : line(input);
    if (Array.isArray(input)) return input.map((item) => value(item, name));
    if (typeof input !== 'object' || input === null) return input;
    return Object.fromEntries(Object.entries(input).map(([key, item]) => [key, value(item, key)]));
  };
  return { line, block, value: <T>(input: T) => value(input, '') as T };
}

/** A pattern that every text has which holds one of the literals; null for no literals. */
function beginningOfAny(literals: readonly string[]): RegExp | null {
  const beginnings = new Set(literals.map((literal) => literal.slice(0, SHORTEST_SECRET)));
  if (beginnings.size === 0) return null;
  return new RegExp([...beginnings].map((one) => one.replace(/[^A-Za-z0-9]/g, '\\$&')).join('|'));
}

/** As others percent-encode a text: all of it, as an address is cleaned, and as a form is sent; in letters of either case. */
function encodedForms(text: string): string[] {
  const whole = encodeURIComponent(text.toWellFormed());
  const forms = [
    whole,
    whole.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    encodeURI(text.toWellFormed()),
    new URLSearchParams([['', text]]).toString().slice(1),
  ];
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
