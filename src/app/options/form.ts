import type { Failure } from '../../failure.ts';
import type { Options } from './command.ts';

/** How an operation is printed: line by line, its result as one JSON object, or its events as JSON, one a line. */
export type Form = 'lines' | 'json' | 'events';

/** Options of every executable that programs read. */
export const FORM_OPTIONS = {
  json: { help: 'the result as one JSON object instead of lines' },
  events: { help: 'what happens as JSON, one event a line (docs/API.md)' },
} as const satisfies Options;

/** The requested form: events if both are given, which is then refused. */
export function formOf({ json, events }: { readonly json: boolean; readonly events: boolean }): Form {
  return events ? 'events' : json ? 'json' : 'lines';
}

/**
 * Refuses forms that cannot be combined, and `--events` for a listing, which has no events.
 *
 * @param listing name of the option that asks for a list; null where none does
 * @throws {Failure} `usage`, as given
 */
export function checkForm(
  { json, events }: { readonly json: boolean; readonly events: boolean },
  listing: string | null,
  usage: (message: string) => Failure,
): void {
  if (json && events) throw usage('--json and --events cannot be combined');
  if (events && listing !== null) throw usage(`--events and --${listing} cannot be combined`);
}
