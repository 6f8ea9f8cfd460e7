import type { Scrubber } from './redact.ts';
import type { Reporter } from './types.ts';

/**
 * One reporter that hands every event to several. The one place where events are scrubbed: no reporter behind it ever
 * sees a secret or a control character. A reporter that throws is left out from then on and does not hurt the operation.
 */
export function broadcast(reporters: readonly Reporter[], scrubber: Scrubber): Reporter {
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
