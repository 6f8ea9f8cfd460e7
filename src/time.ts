/*
 * Times as other programs write them. Several wrote `last-modified` over the years, and a database's age decides which one
 * stays: so every notation is read that Ruby's Time.parse takes and that says one instant.
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

const CLOCK = '(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?';
const ZONE = ' ?([A-Za-z]{1,4}|[+-]\\d{2}(?::?\\d{2})?)?';
const MONTH = '([A-Za-z]{3})[a-z]*';
const DAY_NAME = '(?:[A-Za-z]{3,9},? +)?';

type Reader = (match: readonly (string | undefined)[]) => Date | null;

/** Year, month, day, hour, minute, second, fraction, zone. */
type Fields = readonly (string | number | undefined)[];

/** As this project writes it, and nearly everybody: 2025-11-19 12:00:00 UTC. */
const USUAL = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) UTC$/;

/** The others; no run needs them as a rule, and they take a while to be compiled. */
const notations = (): readonly (readonly [RegExp, Reader])[] => [
  // 2025-11-19 12:00:00 UTC, 2025-11-19T07:00:00.5-05:00, 2025/11/19 12:00, 2025-11-19
  [
    new RegExp(`^(\\d{4})([-/])(\\d{1,2})\\2(\\d{1,2})(?:(?:[Tt]| +)${CLOCK}${ZONE})?$`),
    ([, year, , month, day, ...rest]) => instant([year, month, day, ...rest]),
  ],
  // 20251119T120000Z, 20251119120000, 20251119
  [
    new RegExp(
      `^(\\d{4})(\\d{2})(\\d{2})(?:[Tt ]?(\\d{2})(\\d{2})(?:(\\d{2})(?:[.,](\\d{1,9}))?)?${ZONE})?$`,
    ),
    ([, ...fields]) => instant(fields),
  ],
  // Wed, 19 Nov 2025 12:00:00 GMT; Wednesday, 19-Nov-25 12:00:00 GMT
  [
    new RegExp(`^${DAY_NAME}(\\d{1,2})[ -]${MONTH}[ -](\\d{4}|\\d{2}) +${CLOCK}${ZONE}$`),
    ([, day, month, year, ...rest]) => instant([fullYear(year), monthOf(month), day, ...rest]),
  ],
  // Wed Nov 19 12:00:00 2025; Wed Nov 19 12:00:00 UTC 2025
  [
    new RegExp(`^${DAY_NAME}${MONTH} +(\\d{1,2}) +${CLOCK}${ZONE} +(\\d{4})$`),
    ([, month, day, hour, minute, second, fraction, zone, year]) =>
      instant([year, monthOf(month), day, hour, minute, second, fraction, zone]),
  ],
  // Seconds since 1970
  [
    /^(\d{9,11})(?:\.(\d{1,9}))?$/,
    ([, whole, fraction]) => new Date(Number(whole) * 1000 + thousandths(fraction)),
  ],
];

let all: ReturnType<typeof notations> | undefined;

/** Reads a time; one without a zone is UTC. Null for anything else, and for a day that no calendar has. */
export function parseTime(text: string): Date | null {
  const trimmed = text.trim();
  const usual = USUAL.exec(trimmed);
  if (usual) return instant(usual.slice(1));
  all ??= notations();
  for (const [notation, read] of all) {
    const match = notation.exec(trimmed);
    if (match) return read(match);
  }
  return null;
}

function instant(fields: Fields): Date | null {
  const [year, month, day, hour = 0, minute = 0, second = 0, fraction, zone = 'Z'] = fields;
  const east = minutesEast(String(zone));
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const date = new Date(Date.UTC(y, m - 1, d));
  if (date.getUTCFullYear() !== y || date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return null;
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60 || east === null) return null;
  const minutes = Number(hour) * 60 + Number(minute) - east;
  return new Date(date.getTime() + (minutes * 60 + Number(second)) * 1000 + thousandths(fraction));
}

function minutesEast(zone: string): number | null {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (!match) return ZONES[zone.toUpperCase()] ?? null;
  const [, sign, hours, minutes = '0'] = match;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
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
