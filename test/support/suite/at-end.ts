const endings: (() => unknown)[] = [];

/**
 * Has something done when the tests of this file are over, the newest first. `afterAll` does that only where a file is
 * read, and nothing at all where it is called by a hook.
 */
export function atEnd(end: () => unknown): void {
  endings.push(end);
}

/** Called by the set-up of every file. */
export async function endEverything(): Promise<void> {
  for (const end of endings.splice(0).reverse()) await end();
}
