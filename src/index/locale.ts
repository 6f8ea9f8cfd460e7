import { DEFAULT_LOCALE } from './index-model.ts';

/** Asking takes longer than what it is asked for, and an index has few locales. */
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

/** The locale that days are written in: the default where there is none that can be used, never this machine's own. */
export function dayLocale(tag: string | null): string {
  return tag !== null && isKnownLocale(tag) ? tag : DEFAULT_LOCALE;
}
