import type { ChildOutcome } from './run-child.ts';

/**
 * Why the end of a child is a failure, as the end of a sentence about its command, with its last words; null for a good
 * end.
 *
 * @param limit how long it may take, such as `120 s (READY_PREPARE_TIMEOUT)`
 */
export function describeBadEnd(outcome: ChildOutcome, limit: string): string | null {
  if (outcome.kind === 'not-started') return `cannot be started: ${outcome.reason}`;
  const last = outcome.tail.findLast((line) => line.trim() !== '');
  const said = last === undefined ? '' : `; its last words: ${last}`;
  switch (outcome.kind) {
    case 'exited':
      return outcome.code === 0 ? null : `ended with exit code ${outcome.code}${said}`;
    case 'killed':
      return `was ended by ${outcome.signal}${said}`;
    case 'timed-out':
      return `was ended after ${limit}${said}`;
  }
}
