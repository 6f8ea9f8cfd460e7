import { isRecord } from '../json.ts';

/*
 * Reads what a sender says, field by field. Unlike `report/decoders.ts` it passes over fields that it does not know, bounds
 * everything, and says which field is wrong by itself: senders are other programs, of other versions.
 */

/** What is wrong with a body, and where. */
export class WrongField extends Error {
  /** Such as `logs[3].level`. */
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field} ${problem}`);
    this.field = field;
  }
}

/** Reads one value. @throws {WrongField} */
export type Field<T> = (value: unknown, field: string) => T;

type Values = Readonly<Record<string, unknown>>;

/** The values of an object, each read by its name. Null counts as absent only where that is said. */
export class FieldsOf {
  readonly #values: Values;
  readonly #path: string;

  /** @throws {WrongField} it is not an object */
  constructor(value: unknown, field: string) {
    if (!isRecord(value)) throw new WrongField(field, 'is not an object');
    this.#values = value;
    this.#path = field === BODY ? '' : `${field}.`;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  /** @throws {WrongField} */
  get<T>(name: string, read: Field<T>): T {
    if (!this.has(name)) throw new WrongField(`${this.#path}${name}`, 'is missing');
    return read(this.#values[name], `${this.#path}${name}`);
  }

  /** Null where it is absent or null. @throws {WrongField} */
  orNull<T>(name: string, read: Field<T>): T | null {
    return (this.has(name) ? this.#values[name] : null) === null ? null : this.get(name, read);
  }

  /** An object with that field, or without it where it is absent or null. @throws {WrongField} */
  part<K extends string, T>(name: K, read: Field<T>): { readonly [Key in K]?: T } {
    const value = this.orNull(name, read);
    return value === null ? {} : ({ [name]: value } as { readonly [Key in K]?: T });
  }
}

/** Name of the whole. */
export const BODY = 'body';

/** @param most bytes of UTF-8 */
export function text(most: number): Field<string> {
  return (value, field) => {
    if (typeof value !== 'string') throw new WrongField(field, 'is not a text');
    if (Buffer.byteLength(value) > most) throw new WrongField(field, `has more than ${most} bytes`);
    return harmless(value);
  };
}

/** @param what such as `a deploy id`; says what it is not */
export function matching(pattern: RegExp, what: string): Field<string> {
  return (value, field) => {
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw new WrongField(field, `is not ${what}`);
  };
}

export function oneOf<T extends string>(values: readonly T[]): Field<T> {
  return (value, field) => {
    const known = values.find((each) => each === value);
    if (known !== undefined) return known;
    throw new WrongField(field, `is none of ${values.join(', ')}`);
  };
}

export function wholeNumber(least: number, most: number): Field<number> {
  return (value, field) => {
    const isOne = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
    if (isOne) return value;
    throw new WrongField(field, `is not a whole number from ${least} to ${most}`);
  };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970. What is later has a year of more than four digits. */
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** ISO 8601 with a zone, of any that there is, from 1970 to 9999. @returns in UTC, with milliseconds */
export const time: Field<string> = (value, field) => {
  const at = typeof value === 'string' && TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (!(at >= 0 && at <= LATEST)) throw new WrongField(field, 'is not a time (ISO 8601 with a zone)');
  return new Date(at).toISOString();
};

/** @param most items */
export function list<T>(read: Field<T>, most: number): Field<readonly T[]> {
  return (value, field) => {
    if (!Array.isArray(value)) throw new WrongField(field, 'is not a list');
    if (value.length > most) throw new WrongField(field, `has more than ${most} entries`);
    return value.map((item: unknown, at) => read(item, `${field}[${at}]`));
  };
}

const UNPRINTABLE = /[^\P{Cc}\t\n]/gu;

/** A sender is who it says, but what it says is anything: no control character of it reaches a terminal or a page. */
export function harmless(said: string): string {
  return said
    .toWellFormed()
    .replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
