import { isatty } from 'node:tty';
import { writeAll } from './output.ts';

const STANDARD_OUTPUT = 1;

/** The terminal that standard output is, where somebody watches. */
export function standardTerminal() {
  if (!isatty(STANDARD_OUTPUT) || process.env['TERM'] === 'dumb') return null;
  // A terminal that does not know its own width says 0.
  return { write: writeAll, columns: (): number => process.stdout.getWindowSize()[0] || 80 };
}
