import { type Html, html } from '../html/html.ts';
import { isKnownLocale } from '../index/locale.ts';

/** `it-IT` to `it`. */
export function languageOf(tag: string): string {
  return tag.split('-')[0]?.toLowerCase() ?? '';
}

/** The blocks of scripts that are written from right to left, as Unicode's default bidirectional classes have them. */
const LEFTWARDS = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A text in a page that runs from left to right: one that runs the other way, even in part, keeps that to itself. */
export function isolated(text: string): Html {
  return LEFTWARDS.test(text) ? html`<bdi>${text}</bdi>` : html`${text}`;
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
  return foreign ? html`<bdi lang="${locale}">${name}</bdi>` : isolated(name);
}
