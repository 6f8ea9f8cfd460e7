/*
 * Times as other programs write them. Several wrote `last-modified` over the years, and a database's age decides which one
 * stays: so all notations are read that Ruby, Go, JavaScript and HTTP write and that say one instant.
 */

/** Minutes east of Greenwich, of the names that Ruby knows; any other name says no instant. */
const ZONES: Readonly<Record<string, number>> = {
  UTC: 0,
  UT: 0,
  GMT: 0,
  Z: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const CLOCK = String.raw`(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?![\d:])(?: ?([AaPp])\.?[Mm]\b\.?)?`;
const OFFSET = String.raw`[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?(?!\d)`;
const NAMED_ZONE = `(?:${Object.keys(ZONES).join('|')}|[A-Za-z])(?![A-Za-z])`;
/** Several programs say an offset's name, too, behind it or before it. A month may stand there as well. */
const ZONE_NAME = String.raw`(?!(?:${MONTHS.join('|')})[a-z]*\.? \d)[A-Za-z]{1,5}\b`;
const ZONE = String.raw`(?: ?(?:(?:(?:GMT|UTC) ?)?(${OFFSET})(?: ${ZONE_NAME})?(?: m=[+-][\d.]+)?|(${NAMED_ZONE}))(?: ?[([][^()[\]]*[)\]])?)?`;

/** Year, month, day, hour, minute, second, fraction, zone. */
type Fields = readonly (string | number | undefined)[];

/** As this project writes it, and nearly everybody: 2025-11-19 12:00:00 UTC. */
const USUAL = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) UTC$/;

type Reader<T> = (match: readonly (string | undefined)[]) => T;
type Notation<T> = readonly [pattern: RegExp, read: Reader<T>];

/** The others; no run needs them as a rule, and they take a while to be compiled. */
const notations = () => ({
  clock: new RegExp(CLOCK + ZONE, 'i'),
  whole: [
    // 20251119T120000Z, 20251119120000, 20251119
    [
      new RegExp(
        `^(\\d{4})(\\d{2})(\\d{2})(?:[Tt ]?(\\d{2})(\\d{2})(?:(\\d{2})(?:[.,](\\d{1,9}))?)?${ZONE})?$`,
        'i',
      ),
      ([, year, month, day, hour, minute, second, fraction, offset, zone]) =>
        instant([year, month, day, hour, minute, second, fraction, offset ?? zone]),
    ],
    // Seconds since 1970, or milliseconds
    [
      /^(\d{9,11})(?:\.(\d{1,9}))?$/,
      ([, whole, fraction]) => new Date(Number(whole) * 1000 + thousandths(fraction)),
    ],
    [/^(\d{13})$/, ([, whole]) => new Date(Number(whole))],
  ] satisfies readonly Notation<Date | null>[],
  days: [
    // 2025-11-19, 2025/11/19, 2025.11.19
    [/^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/, ([, year, , month, day]) => [year, month, day]],
    // 2025-323: the day of the year
    [/^(\d{4})-(\d{3})$/, ([, year, day]) => dayOfYear(Number(year), Number(day))],
    // Wed, 19 Nov 2025; Wednesday, 19-Nov-25
    [
      /^(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3})[a-z]*,?[ -](\d{4}|\d{2})$/i,
      ([, day, month, year]) => [fullYear(year), monthOf(month), day],
    ],
    // Wed Nov 19 2025; November 19th, 2025
    [
      /^([a-z]{3})[a-z]* (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/i,
      ([, month, day, year]) => [year, monthOf(month), day],
    ],
    // 2025 Nov 19; 2025-Nov-19
    [/^(\d{4})[ -]([a-z]{3})[a-z]*[ -](\d{1,2})$/i, ([, year, month, day]) => [year, monthOf(month), day]],
  ] satisfies readonly Notation<Fields>[],
});

let all: ReturnType<typeof notations> | undefined;

/** Longer texts are no times. */
const LONGEST = 100;

const DAY_MS = 86_400_000;

/** Reads a time; one without a zone is UTC. Null for anything else, and for a day that no calendar has. */
export function parseTime(text: string): Date | null {
  const trimmed = text.trim();
  const usual = USUAL.exec(trimmed);
  if (usual) return instant(usual.slice(1));
  if (trimmed.length > LONGEST) return null;
  all ??= notations();
  const plain = trimmed
    .replace(/^"(.*)"$/, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  for (const [notation, read] of all.whole) {
    const match = notation.exec(plain);
    if (match) return read(match);
  }
  return dayAndClock(plain, all);
}

/** A day and a time of day, in either order, or within one another; or a day alone. */
function dayAndClock(text: string, { clock, days }: ReturnType<typeof notations>): Date | null {
  const match = clock.exec(text);
  const day = (match ? `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}` : text)
    .replace(/ +/g, ' ')
    .replace(/^ ?[a-z]{3,9}\b,? ?(?=[a-z\d])/i, (word) => (isDayName(word) ? '' : word))
    .replace(/(?<=\d)[T_](?= ?$)/i, '')
    .replace(/^[ ,]+|[ ,]+$/g, '');
  const [, hour, minute, second, fraction, half, offset, zone] = match ?? [];
  for (const [notation, read] of days) {
    const found = notation.exec(day);
    if (found) return instant([...read(found), hourOf(hour, half), minute, second, fraction, offset ?? zone]);
  }
  return null;
}

const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const isDayName = (word: string) => DAY_NAMES.includes(word.trim().slice(0, 3).toLowerCase());

/** Of 24, from one of 12 where the half of the day is said. */
function hourOf(hour: string | undefined, half: string | undefined): number | undefined {
  if (hour === undefined) return undefined;
  if (half === undefined) return Number(hour);
  if (Number(hour) < 1 || Number(hour) > 12) return Number.NaN;
  return (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

function dayOfYear(year: number, day: number): Fields {
  const date = new Date(Date.UTC(year, 0, day));
  return [date.getUTCFullYear() === year ? year : Number.NaN, date.getUTCMonth() + 1, date.getUTCDate()];
}

function instant(fields: Fields): Date | null {
  const [year, month, day, hour = 0, minute = 0, second = 0, fraction, zone = 'Z'] = fields;
  const east = minutesEast(String(zone));
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const date = new Date(Date.UTC(y, m - 1, d));
  if (date.getUTCFullYear() !== y || date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return null;
  if (Number(minute) > 59 || Number(second) > 60 || east === null) return null;
  const ofDay = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second) * 1000 + thousandths(fraction);
  // 24:00 is the end of that day. A minute may have a leap second.
  if (!(ofDay <= DAY_MS) && !(Number(hour) <= 23)) return null;
  return new Date(date.getTime() + ofDay - east * 60_000);
}

function minutesEast(zone: string): number | null {
  const match = /^([+-])(\d{2}):?(\d{2})?(?::?(\d{2}))?$/.exec(zone);
  if (!match) return ZONES[zone.toUpperCase()] ?? lettersEast(zone);
  const [, sign, hours, minutes = '0', seconds = '0'] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes) + Number(seconds) / 60);
}

/** The letters of the military: A to M go east, without J; N to Y go west. */
function lettersEast(zone: string): number | null {
  const at = 'ABCDEFGHIKLM'.indexOf(zone.toUpperCase());
  if (zone.length === 1 && at >= 0) return 60 * (at + 1);
  const west = 'NOPQRSTUVWXY'.indexOf(zone.toUpperCase());
  return zone.length === 1 && west >= 0 ? -60 * (west + 1) : null;
}

function thousandths(fraction: string | number = ''): number {
  return Number(String(fraction).slice(0, 3).padEnd(3, '0'));
}

/** From 1; 0, which is none, for what is not the name of a month. */
function monthOf(name = ''): number {
  return MONTHS.indexOf(name.toLowerCase()) + 1;
}

/** As Ruby and HTTP have it. */
function fullYear(year = ''): string {
  if (year.length !== 2) return year;
  return Number(year) >= 69 ? `19${year}` : `20${year}`;
}
