import type { Scrubber } from './redact.ts';
import type { ProgressEvent, Reporter } from './types.ts';

/** A log of JSON lines that follows an operation. */
export interface Log {
  readonly report: Reporter;
  /** Logs an unforeseen error with its stack. */
  exception(error: unknown): void;
  /** Resolves when everything that was reported has been written. Never rejects. */
  flush(): Promise<void>;
}

export interface LogOptions {
  /** Directory of `<name>.log`; null for none. */
  readonly logDir: string | null;
  /** Whether to write to standard error. */
  readonly standardError: boolean;
  /** Name of the operation, such as `update_config`; also names the file. */
  readonly name: string;
  /** Fields of every line, such as the machine and its region. */
  readonly base: Readonly<Record<string, unknown>>;
  readonly scrubber: Scrubber;
}

type Entry = { readonly at: Date } & (
  | { readonly event: ProgressEvent }
  | { readonly exception: { readonly message: string; readonly stack: string } }
);

export type { Entry as LogEntry };

/**
 * Writes the events as pino's JSON lines to standard error and, where there is a log directory, to a file in it. pino is
 * loaded after the first event, while the operation waits for the network; what is reported until then is kept.
 * A log that cannot be written never hurts the operation.
 */
export function pinoReport(options: LogOptions): Log {
  let pending: Entry[] = [];
  let write: ((entry: Entry) => void) | undefined;
  let loading: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    try {
      const { openLog } = await import('./pino.ts');
      write = openLog(options);
      for (const entry of pending) write(entry);
    } catch {
      write = () => {};
    }
    pending = [];
  };
  const add = (entry: Entry): void => {
    if (write) {
      write(entry);
      return;
    }
    pending.push(entry);
    loading ??= new Promise((resolve) => setImmediate(resolve)).then(load);
  };
  return {
    report: (event, at) => add({ event, at }),
    exception: (error) => {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      const scrub = options.scrubber;
      add({ at: new Date(), exception: { message: scrub.line(message), stack: scrub.block(stack ?? '') } });
    },
    flush: async () => {
      await loading;
    },
  };
}
