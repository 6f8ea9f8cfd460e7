import { isatty } from 'node:tty';
import { writeAll } from './output.ts';

const STANDARD_OUTPUT = 1;

/** Columns of the terminal that standard output is; infinitely many where it is none. */
export function terminalColumns(): number {
  // A terminal that does not know its own width says 0.
  return isatty(STANDARD_OUTPUT) ? process.stdout.getWindowSize()[0] || 80 : Number.POSITIVE_INFINITY;
}

/** The terminal on standard output, if there is one. */
export function standardTerminal() {
  if (!isatty(STANDARD_OUTPUT) || process.env['TERM'] === 'dumb') return null;
  return { write: writeAll, columns: terminalColumns };
}
