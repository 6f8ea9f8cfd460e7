/** Characters of the longest date; the longest that studios have written has some 30. */
export const MAX_DATE = 60;

/** An event's date, or why it is none, as the end of the sentence "its date ...". */
export type DateText = { readonly date: string } | { readonly problem: string };

const ISO_DAY = /(?<![0-9-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9-])/g;

/**
 * A date as the index gets it: what the studio has written (a day, two days, `25th of May`), white space around it
 * dropped and within it folded. Studios write dates in many ways, so little is asked: a digit, and that the
 * calendar has a day that is written as ISO 8601 has it.
 *
 * @param text not blank
 */
export function readDateText(text: string): DateText {
  const date = foldSpace(text);
  if (date.length > MAX_DATE) return { problem: `is longer than ${MAX_DATE} characters` };
  if (/[\p{C}\ufffd]/u.test(date)) return { problem: 'holds characters that are not text' };
  if (!/\p{Nd}/u.test(date)) return { problem: 'has no digit, so it is not a date' };
  const wrong = (date.match(ISO_DAY) ?? []).find((day) => !isDay(day));
  return wrong === undefined ? { date } : { problem: `names ${wrong}, which is not a day of the calendar` };
}

/** White space around it dropped, within it folded. */
export function foldSpace(text: string): string {
  return text.trim().replace(/\s+/gu, ' ');
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
