import type { RunEvent } from './events.ts';
import type { Scrubber } from './redact.ts';
import type { RunResult } from './results.ts';

export interface LogOptions {
  /** Directory of `<name>.log`; null for none. */
  readonly logDir: string | null;
  /** Whether to write to standard error; a function takes the lines in its place. */
  readonly standardError: boolean | ((line: string) => void);
  /** Name of the operation, such as `update_config`; also names the file. */
  readonly name: string;
  /** Fields of every line, such as the machine and its region. */
  readonly base: Readonly<Record<string, unknown>>;
  readonly scrubber: Scrubber;
}

/** What is logged, one line each. */
export type LogEntry =
  | { readonly event: RunEvent }
  | ({ readonly at: string } & (
      | { readonly exception: { readonly message: string; readonly stack: string } }
      | { readonly short: ShortEnd }
    ));

/** The end of a run that changed nothing, instead of all its lines. */
export interface ShortEnd extends Pick<RunResult, 'run' | 'outcome' | 'shared'> {
  /** Of the index; null for none of the store. */
  readonly etag: string | null;
  /** Milliseconds of the whole run. */
  readonly ms: number;
}

/** The two places that a log is written to, where the options ask for them. */
export type LogPlace = 'standard error' | 'file';

/** Writes one line to one place. */
export type LogWriter = (place: LogPlace, entry: LogEntry) => void;

/** A writer, and what has kept it from writing to the file. */
export interface OpenLog {
  readonly write: LogWriter;
  problem(): string | null;
  /** Closes the file; what is written to it later is dropped. */
  close(): void;
}
