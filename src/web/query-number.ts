import { Failure } from '../failure.ts';

/**
 * A whole number from 0 up in the query of an address.
 *
 * @param usual what it is where it is not given
 * @throws {Failure} `usage`
 */
export function queryNumber(query: URLSearchParams, name: string, most: number, usual = 0): number {
  const text = query.get(name) ?? `${usual}`;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= most) return value;
  throw new Failure('usage', `${name} is not a number from 0 to ${most}`, {
    hint: `Leave ${name} out for ${usual}.`,
  });
}
