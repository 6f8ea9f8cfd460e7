import { type Html, html } from './html.ts';

/** Asking takes longer than rendering a name, and an index has few locales. */
const known = new Map<string, boolean>();

/** Whether a tag is one that this Node can write dates in; it is well-formed then, too. */
export function isKnownLocale(tag: string): boolean {
  const answer = known.get(tag) ?? askForLocale(tag);
  known.set(tag, answer);
  return answer;
}

function askForLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

/** `it-IT` to `it`. */
export function languageOf(tag: string): string {
  return tag.split('-')[0]?.toLowerCase() ?? '';
}

/**
 * A name that somebody typed: it keeps its direction to itself. It is said to be in the language of its studio where
 * that is another than the page's, unless it is plain ASCII: such names are as often English.
 */
export function renderName(name: string, locale: string | null, page: string): Html {
  const foreign =
    locale !== null &&
    /[^\0-\x7f]/.test(name) &&
    languageOf(locale) !== languageOf(page) &&
    isKnownLocale(locale);
  return html`<bdi${foreign && html` lang="${locale}"`}>${name}</bdi>`;
}
