import type { Teller } from './asker.ts';

/** Tells without a terminal, line by line. */
export function plainTeller(write: (text: string) => void, signal: AbortSignal): Teller {
  return {
    part: (title) => write(`${title}\n`),
    rows: (rows) => write(rows.map(([name, text]) => `  ${name}: ${text}\n`).join('')),
    finding: ({ lines, warnings }) => {
      for (const line of lines) write(`  ${line}\n`);
      for (const line of warnings) write(`  Warning: ${line}\n`);
    },
    note: (text) => write(`  ${text}\n`),
    busy: (_, work) => work(signal),
  };
}
