/** Reads one value of a parsed JSON text. Throws `NotDecoded` for anything unexpected. */
export type Decoder<T> = (value: unknown, path: string) => T;

/** An unexpected value: where it is, and what is wrong with it. */
export class NotDecoded extends Error {}

/** A field that may be absent. */
interface Optional<T> {
  readonly optional: Decoder<T>;
}

/** A decoder for each field of `T`, and for no other. */
export type Fields<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? Optional<Exclude<T[K], undefined>> : Decoder<T[K]>;
};

export function optional<T>(decoder: Decoder<T>): Optional<T> {
  return { optional: decoder };
}

export const text: Decoder<string> = (value, path) => {
  if (typeof value === 'string') return value;
  throw new NotDecoded(`${path} is not a text`);
};

/** A number that is not less than 0. */
export const amount: Decoder<number> = (value, path) => {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new NotDecoded(`${path} is not a number from 0 up`);
};

/** A whole number that is not less than 0. */
export const count: Decoder<number> = (value, path) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new NotDecoded(`${path} is not a whole number from 0 up`);
};

export const integer: Decoder<number> = (value, path) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new NotDecoded(`${path} is not a whole number`);
};

export const flag: Decoder<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw new NotDecoded(`${path} is neither true nor false`);
};

const TIME = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** ISO 8601, UTC, with milliseconds. */
export const time: Decoder<string> = (value, path) => {
  if (typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw new NotDecoded(`${path} is not a time (ISO 8601, UTC)`);
};

export function nullOr<T>(decoder: Decoder<T>): Decoder<T | null> {
  return (value, path) => (value === null ? null : decoder(value, path));
}

/** One of these, which are told apart by `===`. */
export function oneOf<T extends string | number | boolean | null>(...values: readonly T[]): Decoder<T> {
  return (value, path) => {
    const known = values.find((each) => each === value);
    if (known !== undefined) return known;
    throw new NotDecoded(`${path} is none of ${values.map((each) => JSON.stringify(each)).join(', ')}`);
  };
}

export function list<T>(decoder: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new NotDecoded(`${path} is not a list`);
    return value.map((item: unknown, at) => decoder(item, `${path}[${at}]`));
  };
}

export function pair<T>(decoder: Decoder<T>): Decoder<readonly [T, T]> {
  return (value, path) => {
    const [first, second, ...more] = list(decoder)(value, path);
    if (first === undefined || second === undefined || more.length > 0)
      throw new NotDecoded(`${path} is not a list of two`);
    return [first, second];
  };
}

/** An object of any keys, whose values are all alike. */
export function record<T>(decoder: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (value, path) =>
    Object.fromEntries(
      Object.entries(objectOf(value, path)).map(([key, item]) => [key, decoder(item, `${path}.${key}`)]),
    );
}

/** An object with these fields and no other. */
export function object<T extends object>(fields: Fields<T>): Decoder<T> {
  const known = Object.entries<Decoder<unknown> | Optional<unknown>>(fields);
  const names = new Set(known.map(([name]) => name));
  return (value, path) => {
    const given = objectOf(value, path);
    for (const name of Object.keys(given))
      if (!names.has(name)) throw new NotDecoded(`${path} has a field that is not known: ${name}`);
    const read = known.flatMap(([name, field]) => {
      const isThere = Object.hasOwn(given, name);
      if (typeof field !== 'function') {
        return isThere ? [[name, field.optional(given[name], `${path}.${name}`)]] : [];
      }
      if (!isThere) throw new NotDecoded(`${path} lacks ${name}`);
      return [[name, field(given[name], `${path}.${name}`)]];
    });
    return Object.fromEntries(read) as T;
  };
}

/** An object that a field of text says the kind of. */
export function variant<T>(name: string, kinds: Readonly<Record<string, Decoder<T>>>): Decoder<T> {
  return (value, path) => {
    const kind = objectOf(value, path)[name];
    const decoder = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (decoder) return decoder(value, path);
    throw new NotDecoded(`${path}.${name} is none of ${Object.keys(kinds).join(', ')}`);
  };
}

function objectOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new NotDecoded(`${path} is not an object`);
}
