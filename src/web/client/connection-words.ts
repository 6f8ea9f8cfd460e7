import { Refused } from './ask-json.ts';
import type { Pauses } from './pauses.ts';
import type { Connection } from './watch-live.ts';

const WORDS: Readonly<Record<Connection, string>> = {
  connected: '',
  lost: 'Not connected. This page tries again by itself, and shows what happened meanwhile.',
  refused: 'This page cannot be watched any more. Load it again.',
};

/** Says in words while the page is not connected, in the elements that are marked for it. */
export function sayConnection(root: ParentNode, connection: Connection): void {
  for (const element of root.querySelectorAll('[data-offline]')) {
    if (element.textContent !== WORDS[connection]) element.textContent = WORDS[connection];
  }
}

/**
 * After a request of a page failed: says so, and waits until it is time for the next one.
 *
 * @returns false if no other request would be answered either
 */
export async function waitToTryAgain(
  root: ParentNode,
  error: unknown,
  pauses: Pauses,
  signal: AbortSignal,
): Promise<boolean> {
  const isFinal = error instanceof Refused && error.isFinal;
  sayConnection(root, isFinal ? 'refused' : 'lost');
  if (!isFinal) await pauses.after(error, signal);
  return !isFinal;
}
