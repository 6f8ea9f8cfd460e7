/** A day or a month as far as a text names it; numbers are not proved yet. */
export interface Part {
  readonly year: number | null;
  /** A year of two digits, which only the event's own year can complete. */
  readonly shortYear?: number;
  readonly month: number | null;
  /** Null for a whole month. */
  readonly day: number | null;
}

/** One day or month, or the first and the last. */
export type Shape = readonly [first: Part, last: Part];

/** Whatever stands between a day, a month and a year. */
const J = '[ ./-]*';
/** Between two days. */
const R = ' ?[-~/] ?';
const D = '(\\d{1,2})\\.?';
const M = '#(\\d\\d)';
const Y = '(\\d{4})';
/** Days after a first one, of which the last counts. */
const DAYS = `(?:${R}\\d{1,2}\\.?)*?(?:${R}${D})?`;

type Build = (groups: readonly (number | null)[]) => Shape;

const part = (
  year: number | null | undefined,
  month: number | null | undefined,
  day?: number | null,
): Part => ({
  year: year ?? null,
  month: month ?? null,
  day: day ?? null,
});

/** Shapes of dates whose months are named; each expression is tried against all of a text. */
const NAMED: readonly (readonly [pattern: RegExp, build: Build])[] = (
  [
    // September 6-7 2024
    [`${M}${J}${D}${DAYS}(?:${J}${Y})?`, ([m, a, b, y]) => [part(y, m, a), part(y, m, b ?? a)]],
    // 6-7 September 2024
    [`${D}${DAYS}${J}${M}(?:${J}${Y})?`, ([a, b, m, y]) => [part(y, m, a), part(y, m, b ?? a)]],
    // 2024 September 6-7
    [`${Y}${J}${M}${J}${D}${DAYS}`, ([y, m, a, b]) => [part(y, m, a), part(y, m, b ?? a)]],
    // May 31 2024 - June 2 2024
    [
      `${M}${J}${D}(?:${J}${Y})?[ ~/-]+${M}${J}${D}(?:${J}${Y})?`,
      ([m, d, y, m2, d2, y2]) => [part(y, m, d), part(y2, m2, d2)],
    ],
    // 31 May 2024 - 2 June 2024
    [
      `${D}${J}${M}(?:${J}${Y})?[ ~/-]+${D}${J}${M}(?:${J}${Y})?`,
      ([d, m, y, d2, m2, y2]) => [part(y, m, d), part(y2, m2, d2)],
    ],
    // 2024 May 31 - 2024 June 2
    [
      `${Y}${J}${M}${J}${D}[ ~/-]+(?:${Y}${J})?${M}${J}${D}`,
      ([y, m, d, y2, m2, d2]) => [part(y, m, d), part(y2, m2, d2)],
    ],
    // May 2024 - June 2024
    [
      `${M}(?:${J}${Y})?(?:${R}${M}(?:${J}${Y})?)?`,
      ([m, y, m2, y2]) => (m2 === null ? [part(y, m), part(y, m)] : [part(y, m), part(y2, m2)]),
    ],
    // 2024 May
    [`${Y}${J}${M}`, ([y, m]) => [part(y, m), part(y, m)]],
  ] as const satisfies readonly (readonly [string, Build])[]
).map(([pattern, build]) => [new RegExp(`^${pattern}$`), build]);

/** Reads what `marksOf` has made of a text, with at least one month by its name. */
export function namedShape(marks: string): Shape | null {
  for (const [pattern, build] of NAMED) {
    const match = pattern.exec(marks);
    if (match) return build(match.slice(1).map((group) => (group === undefined ? null : Number(group))));
  }
  const [, day, month, year] = SHORT_YEAR.exec(marks) ?? [];
  if (year === undefined) return null;
  const one = { ...yearOf(year), month: Number(month), day: Number(day) };
  return [one, one];
}

/** 24-Aug-24 */
const SHORT_YEAR = /^(\d{1,2})- ?#(\d\d) ?-(\d\d)$/;

const WHOLE = /^(\d{1,4})( ?[-./] ?)(\d{1,2})\2(\d{1,4})$/;
const WITHOUT_YEAR = /^(\d{1,2}) ?([/.]) ?(\d{1,2})$/;
const DAY_ALONE = /^(\d{1,2})\.?$/;
const DAY_AND_YEAR = /^(\d{1,2}) ?[/.] ?(\d{4}|\d\d)$/;
const MONTH = /^(\d{4})-(\d\d)$/;

/** Reads a date whose months are numbers. */
export function numericShape(marks: string, dayFirst: boolean): Shape | null {
  const one = whole(marks, dayFirst) ?? withoutYear(marks, dayFirst) ?? wholeMonth(marks);
  if (one) return [one, one];
  for (const between of ['~', '-', '/']) {
    const [before, after, ...more] = marks.split(between).map((half) => half.trim().replace(/\.$/, ''));
    if (before === undefined || after === undefined || more.length > 0) continue;
    const shape = rangeShape(before, after, dayFirst);
    if (shape) return shape;
  }
  return null;
}

function rangeShape(before: string, after: string, dayFirst: boolean): Shape | null {
  const first = whole(before, dayFirst) ?? withoutYear(before, dayFirst);
  const last = whole(after, dayFirst) ?? withoutYear(after, dayFirst);
  if (first && last) return [first, last];
  const day = Number(DAY_ALONE.exec(dayFirst ? before : after)?.[1] ?? Number.NaN);
  // 6-7/9/2024
  if (dayFirst && last && !Number.isNaN(day)) return [{ ...last, day }, last];
  if (dayFirst || !first) return null;
  // 9/6-7 and 9/6-7/2024
  if (!Number.isNaN(day)) return [first, { ...first, day }];
  const [, last2, year] = DAY_AND_YEAR.exec(after) ?? [];
  if (last2 === undefined || year === undefined || first.year !== null) return null;
  return [
    { ...first, ...yearOf(year) },
    { ...first, ...yearOf(year), day: Number(last2) },
  ];
}

function whole(text: string, dayFirst: boolean): Part | null {
  const [, a, , b, c] = WHOLE.exec(text) ?? [];
  if (a === undefined || b === undefined || c === undefined) return null;
  if (a.length === 4) return c.length <= 2 ? part(Number(a), Number(b), Number(c)) : null;
  if (a.length > 2 || (c.length !== 4 && c.length !== 2)) return null;
  const [day, month] = dayFirst ? [Number(a), Number(b)] : [Number(b), Number(a)];
  // The first number may also be a short year, so an impossible month does not prove the other order.
  if (c.length === 2) return { ...yearOf(c), month, day };
  return inEitherOrder({ year: Number(c), month, day });
}

function withoutYear(text: string, dayFirst: boolean): Part | null {
  const [, a, sign, b] = WITHOUT_YEAR.exec(text) ?? [];
  if (a === undefined || b === undefined || (sign === '.' && !dayFirst)) return null;
  const [day, month] = dayFirst ? [Number(a), Number(b)] : [Number(b), Number(a)];
  return inEitherOrder({ year: null, month, day });
}

function wholeMonth(text: string): Part | null {
  const [, year, month] = MONTH.exec(text) ?? [];
  return year === undefined ? null : part(Number(year), Number(month));
}

/** 23/11 is a day in November also where the month is written first. */
function inEitherOrder({ year, month, day }: { year: number | null; month: number; day: number }): Part {
  return month > 12 && day <= 12 ? part(year, day, month) : part(year, month, day);
}

function yearOf(digits: string): Pick<Part, 'year' | 'shortYear'> {
  return digits.length === 2 ? { year: null, shortYear: Number(digits) } : { year: Number(digits) };
}
