import type { Reporter } from './events.ts';
import { LogGate } from './hold.ts';
import type { LogEntry, LogOptions, LogPlace, LogWriter } from './log-entry.ts';

/** A log of JSON lines that follows an operation. */
export interface Log {
  readonly report: Reporter;
  /** Logs an unexpected error with its stack: on standard error where the log has no file, whether or not it goes there. */
  exception(error: unknown): void;
  /** Resolves when everything that was reported has been written. Never rejects. */
  flush(): Promise<void>;
  /** The same, and then closes the log's file: what is reported later is dropped. Never rejects. */
  close(): Promise<void>;
  /** Why lines are missing from the log's file, once they are flushed; null for none. */
  problem(): string | null;
}

/**
 * Writes the events as pino's JSON lines to standard error and, if there is a log directory, to a file in it. pino is
 * loaded after the first event, while the operation waits for the network; events until then are kept. In the file a
 * CGI run that changes nothing is one line (`LogGate`); standard error, which Navigator keeps only for debugging, has
 * every event as it happens. A log that cannot be written never harms the operation, which reports it.
 */
export function pinoReport(options: LogOptions): Log {
  let pending: [LogPlace, LogEntry][] = [];
  let write: LogWriter | undefined;
  let problem = (): string | null => null;
  let close = (): void => {};
  let loading: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    try {
      const { openLog } = await import('./pino.ts');
      ({ write, problem, close } = openLog(options));
      for (const [place, entry] of pending) write(place, entry);
    } catch {
      write = () => {};
    }
    pending = [];
  };
  const emit: LogWriter = (place, entry) => {
    if (write) write(place, entry);
    else pending.push([place, entry]);
  };
  const gate = new LogGate((entry) => emit('file', entry));
  const add = (entry: LogEntry): void => {
    // Also while everything is held back: it must be written before the step that changes something.
    loading ??= new Promise((resolve) => setImmediate(resolve)).then(load);
    emit('standard error', entry);
    gate.add(entry);
  };
  const flush = async (): Promise<void> => {
    gate.open();
    await loading;
  };
  return {
    report: (event) => add({ event }),
    exception: (error) => {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      const scrub = options.scrubber;
      const at = new Date().toISOString();
      add({ at, exception: { message: scrub.line(message), stack: scrub.block(stack ?? '') } });
    },
    flush,
    close: async () => {
      await flush();
      close();
    },
    problem: () => problem(),
  };
}
