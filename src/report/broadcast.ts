import type { Scrubber } from './redact.ts';

/**
 * One reporter that hands every event to several. The one place where events are scrubbed: no reporter behind it ever
 * sees a secret or a control character. A reporter that throws is left out from then on and does not hurt the operation.
 */
export function broadcast<Event>(
  reporters: readonly ((event: Event, at: Date) => void)[],
  scrubber: Scrubber,
): (event: Event, at: Date) => void {
  const listening = new Set(reporters);
  return (event, at) => {
    const clean = scrubber.value(event);
    for (const reporter of listening) {
      try {
        reporter(clean, at);
      } catch {
        listening.delete(reporter);
      }
    }
  };
}
