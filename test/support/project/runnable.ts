import type { Block } from './blocks.ts';
import { NOT_RUN } from './not-run.ts';

/** The lines of a block without those of the list of what is not run. */
export function runnableLines({ document, heading, lines }: Block): string[] {
  const left = NOT_RUN.filter((one) => one.document === document && one.heading === heading);
  return lines.filter((line) => !left.some((one) => line.startsWith(one.line)));
}

/** Whether a test has anything to run in it. */
export function isRunnable(block: Block): boolean {
  return runnableLines(block).some((line) => line.trim() !== '' && !line.startsWith('#'));
}
