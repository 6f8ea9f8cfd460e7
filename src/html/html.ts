import { raw, html as template } from 'hono/html';

/** Markup that is ready: all text in it is escaped. */
export type Html = ReturnType<typeof raw>;

/** What a template may hold: markup as it is, text to be escaped, and nothing. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

/**
 * The only way to make markup of text: everything that is not markup yet is made presentable and escaped, for elements
 * and for quoted attributes alike.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const made = template(strings, ...parts.map(presentable));
  if (made instanceof Promise) throw new TypeError('a template was given a promise');
  return made;
}

/** Text of our own that is markup already: never anything from the index. */
export function markup(text: string): Html {
  return raw(text);
}

function presentable(part: Part): unknown {
  if (typeof part === 'string') return clean(part);
  return Array.isArray(part) ? part.map(presentable) : part;
}

/** Control characters, unpaired surrogates, noncharacters, and what turns the direction of the text around a name. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]/u;
const SPACES = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;
const CONTROLS = /[\p{Cc}\ufdd0-\ufdef\ufffe\uffff]/gu;

/** Text as a page may hold it: well-formed, on one line, and without a character that no page may hold. */
export function clean(text: string): string {
  if (!UNFIT.test(text)) return text;
  return text.toWellFormed().replace(SPACES, ' ').replace(DIRECTIONS, '').replace(CONTROLS, '\ufffd');
}
