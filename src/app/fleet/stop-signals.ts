/** Exit codes as shells have them: 128 and the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

type Name = keyof typeof SIGNALS;

/** A wish from outside that the run shall end. */
export interface Stop {
  readonly signal: AbortSignal;
  /** The exit code for it; null if no signal came. */
  readonly exitCode: () => number | null;
  /** Called with each signal that was heard. */
  readonly onStop: (listener: (name: Name) => void) => void;
  /** Has it end as Ctrl-C does, which is not a signal if a terminal hands it on as a key. */
  readonly interrupt: () => void;
}

/**
 * Listens for SIGINT and SIGTERM: the first one asks the run to end in order, the second one ends the process at once,
 * as without a listener.
 */
export function stopOnSignals(): Stop {
  const controller = new AbortController();
  const listeners: ((name: Name) => void)[] = [];
  let exitCode: number | null = null;
  const hear = (name: Name): void => {
    exitCode = SIGNALS[name];
    for (const listener of listeners) listener(name);
    for (const each of Object.keys(SIGNALS)) process.removeListener(each, hear);
    controller.abort();
  };
  for (const name of Object.keys(SIGNALS)) process.on(name, hear);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    onStop: (listener) => listeners.push(listener),
    interrupt: () => hear('SIGINT'),
  };
}
