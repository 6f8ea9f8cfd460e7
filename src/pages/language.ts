import { type Html, html } from '../html/html.ts';
import { isKnownLocale } from '../index/locale.ts';

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
