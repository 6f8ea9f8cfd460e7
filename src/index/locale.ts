import { DEFAULT_LOCALE } from './index-model.ts';

/** `Intl` is slower than the work that needs it, and an index has few locales. */
const known = new Map<string, boolean>();

/** Whether this Node can write dates in the locale of a tag; the tag is then well-formed, too. */
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

/** The locale that days are written in: the default where there is none that can be used, never this machine's own. */
export function dayLocale(tag: string | null): string {
  return tag !== null && isKnownLocale(tag) ? tag : DEFAULT_LOCALE;
}
