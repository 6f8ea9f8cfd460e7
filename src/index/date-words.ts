import { isKnownLocale } from './locale.ts';

/**
 * What words mean in a date: `#05` for a month, `%` for a day of the week, `~` up to another day, or nothing. The words
 * themselves are as `plain` has them.
 */
export type DateWords = ReadonlyMap<string, string>;

const MONTHS = 'january february march april may june july august september october november december';
const WEEKDAYS =
  'sunday monday tuesday wednesday thursday friday saturday sun mon tue tues wed weds thu thur thurs fri sat';

/** What stands between the days of a list or a range, in the languages that studios use. */
const RANGE =
  'to thru through until till and und bis et au e ed al y a hasta i do oraz та і й и по до から tot og och ja ve și';

/** Words beside a date that say nothing about it. */
const SILENT =
  'of the on in at from date dates st nd rd th d de del di il lo los las el dia du des l le vom von der den dem am im ' +
  'dal dalle od r roku р рр року г з с まで';

/** A Sunday, and the first of a year: days and months are counted on from it. */
const START = Date.UTC(2023, 0, 1);
const DAY = 86_400_000;

export function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

/** Lower case, composed, without accents and signs that nobody sees: how words are compared, since people leave those out. */
export function plain(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .normalize('NFC')
    .toLowerCase();
}

/** The mark of a month from its number. */
export function monthMark(month: number): string {
  return ` #${String(month).padStart(2, '0')} `;
}

let english: DateWords | undefined;
const byLocale = new Map<string, DateWords>();

/** Every studio's: most dates are in English whatever the country. */
export function englishWords(): DateWords {
  english ??= makeEnglish();
  return english;
}

/**
 * The same, with another language's names of months and days; null for English itself, and for an unknown locale. The
 * first call of a process takes some 20 ms, so English is tried first.
 */
export function wordsOf(locale: string | null): DateWords | null {
  if (locale === null || /^en(?:-|$)/i.test(locale) || !isKnownLocale(locale)) return null;
  const words = byLocale.get(locale) ?? addNames(new Map(englishWords()), locale);
  byLocale.set(locale, words);
  return words;
}

/** By CLDR. Here, and not asked of `Intl`, since that would cost each update the 20 ms. */
const MONTH_FIRST = /^(?:en(?:-(?:US|CA|PH|PR|GU|VI|AS|MP|UM))?|fr-CA|(?:ja|zh|ko|hu|lt)(?:-.*)?)$/i;

/** Whether a country puts the day before the month where both are numbers; the default one does not. */
export function isDayFirst(locale: string | null): boolean {
  return locale !== null && !MONTH_FIRST.test(locale);
}

function makeEnglish(): DateWords {
  const words = new Map<string, string>();
  for (const word of SILENT.split(' ')) words.set(plain(word), ' ');
  for (const word of RANGE.split(' ')) words.set(plain(word), ' ~ ');
  for (const day of WEEKDAYS.split(' ')) words.set(day, ' % ');
  for (const [at, name] of MONTHS.split(' ').entries()) {
    for (const length of [3, 4, name.length]) words.set(name.slice(0, length), monthMark(at + 1));
  }
  return words;
}

/** A later entry wins: `mar` is March in Italian, and also Tuesday, which no date needs. */
function addNames(words: Map<string, string>, locale: string): DateWords {
  for (const weekday of ['long', 'short'] as const) {
    const format = formatOf(locale, { weekday });
    for (let day = 0; day < 7; day += 1) {
      const name = format.format(START + day * DAY);
      addName(words, name, ' % ');
      // \u66dc\u65e5, a day of the week in Japanese, is often written without the day.
      if (name.endsWith('\u66dc\u65e5')) addName(words, name.slice(0, -1), ' % ');
    }
  }
  for (const month of ['long', 'short'] as const) {
    // In some languages the name has another form beside a day.
    for (const beside of [{ month }, { month, day: 'numeric' }] as const) {
      const format = formatOf(locale, beside);
      for (let number = 1; number <= 12; number += 1) {
        const parts = format.formatToParts(Date.UTC(2023, number - 1, 1));
        addName(words, parts.find(({ type }) => type === 'month')?.value ?? '', monthMark(number));
      }
    }
  }
  for (let number = 1; number <= 12; number += 1) addBeginnings(words, number);
  return words;
}

/** `fév` and `sept`: what a month's name begins with, if no other word does. */
function addBeginnings(words: Map<string, string>, number: number): void {
  const mark = monthMark(number);
  const whole = [...words].filter(([, each]) => each === mark).map(([word]) => word);
  const others = [...words].filter(([, each]) => each !== mark).map(([word]) => word);
  for (const word of whole) {
    for (let length = 3; length < word.length; length += 1) {
      const start = word.slice(0, length);
      if (!others.some((other) => other.startsWith(start))) words.set(start, mark);
    }
  }
}

/**
 * Of a name of several words, each is one, except those that say nothing, as in the Catalan `de maig`. A month that is
 * called by its number has no name.
 */
function addName(words: Map<string, string>, name: string, mark: string): void {
  if (/\p{N}/u.test(name)) return;
  // An apostrophe that counts as a letter: people write others, which do not.
  const parts =
    plain(name)
      .replaceAll('\u02bc', ' ')
      .match(/\p{L}+/gu) ?? [];
  for (const word of parts) if (parts.length === 1 || words.get(word) !== ' ') words.set(word, mark);
}

function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { ...options, calendar: 'gregory', timeZone: 'UTC' });
}
