import type { Terminal } from './bar.ts';
import type { Reporter } from './events.ts';
import { linesForPeople } from './plain-text.ts';

/** Back to the beginning of the line, and erase it. The cursor is never hidden, so nothing needs to be restored. */
const CLEAR = '\r\u001b[2K';

/**
 * Tells a run to a person at a terminal: each step on one line, which first says that it has begun, and then how it went.
 */
export function terminalReport({ write, columns }: Terminal): Reporter {
  const lines = linesForPeople();
  let isUnderWay = false;
  return (event) => {
    const shown = lines(event);
    if (shown.length === 0) return;
    const before = isUnderWay ? CLEAR : '';
    isUnderWay = event.type === 'step';
    // A line that wraps could not be erased.
    if (isUnderWay) write(before + shown.join('').slice(0, Math.max(0, columns() - 1)));
    else write(before + shown.map((line) => `${line}\n`).join(''));
  };
}
