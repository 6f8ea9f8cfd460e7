/** Milliseconds between two looks. */
const EVERY_MS = 500;

/**
 * Calls back once when the process that has started this one is gone: somebody else is its parent then. Nothing of the
 * kernel's tells this to a process of Node's.
 *
 * @returns to be called when it does not matter any more
 */
export function whenParentIsGone(gone: () => void): () => void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
