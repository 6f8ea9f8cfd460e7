import { EVENTS_VERSION, type Reporter, type RunEvent, type Tell } from './events.ts';
import type { Scrubber } from './redact.ts';

/**
 * The only place that makes events of an operation's reports: it numbers, dates and scrubs them, so no consumer ever
 * sees a secret or a control character. A reporter that throws gets no more events, and does not harm the operation.
 *
 * @param run if its name is known before it begins
 */
export function createStream(
  reporters: readonly Reporter[],
  scrubber: Scrubber,
  run: string | null = null,
): Tell {
  const listening = new Set(reporters);
  let current = run;
  let seq = 0;
  return (body, of) => {
    if (body.type === 'run-began') current = body.run;
    seq += 1;
    if (listening.size === 0) return;
    const at = new Date().toISOString();
    const event: RunEvent = { v: EVENTS_VERSION, run: of ?? current, seq, at, ...scrubber.value(body) };
    for (const reporter of listening) {
      try {
        reporter(event);
      } catch {
        listening.delete(reporter);
      }
    }
  };
}

/** The events as they are read by other programs: one JSON object a line. */
export function eventLines(write: (text: string) => void): Reporter {
  return (event) => write(`${JSON.stringify(event)}\n`);
}
