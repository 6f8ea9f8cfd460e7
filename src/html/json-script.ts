import { type Html, markup } from './html.ts';

/** What HTML would read as the end of a script, or as the beginning of another or of a comment. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/** Data in a page for programs: a value as JSON of a type, such as `application/ld+json`, which no browser runs. */
export function renderJson(type: `application/${string}`, value: unknown): Html {
  const json = JSON.stringify(value).replace(
    UNSAFE,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return markup(`<script type="${type}">${json}</script>`);
}
