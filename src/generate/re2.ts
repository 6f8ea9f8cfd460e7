/** Everything that Go's RE2 or a reader of the pattern could take for syntax, white space and `-`, `#` included. */
const SPECIAL = /[[\]{}()|*+?.\\^$#\- ]/g;
/** Most names have only these characters, and then need no slower checks. */
const PLAIN = /^[A-Za-z0-9_/']*$/;
const PLAIN_BUT_HYPHENS = /^[A-Za-z0-9_/'-]*$/;
const BLANK = /[\t\n\v\f\r]/g;
const BLANK_NAMES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
};

/** A text as a pattern that matches that text alone, in RE2; the same characters are escaped as by Ruby's `Regexp.escape`. */
export function escapeRe2(text: string): string {
  if (PLAIN.test(text)) return text;
  if (PLAIN_BUT_HYPHENS.test(text)) return text.replaceAll('-', '\\-');
  return text.replace(SPECIAL, '\\$&').replace(BLANK, (blank) => BLANK_NAMES[blank] ?? blank);
}

/**
 * The same, but leaves hyphens as they are: RE2 gives them no meaning outside a class, and the platform's replay routes
 * do not escape them.
 */
export function escapeButHyphens(text: string): string {
  return escapeRe2(text).replaceAll('\\-', '-');
}

/** A pattern that matches any of the texts: `(?:a|b\-c)`. */
export function anyOf(texts: readonly string[]): string {
  return `(?:${texts.map(escapeRe2).join('|')})`;
}
