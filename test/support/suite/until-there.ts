import { existsSync } from 'node:fs';

/** Resolves when something is at the path, which is looked at each time the event loop has turned. */
export async function untilThere(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((resolve) => setImmediate(resolve));
}
