import { existsSync, readdirSync, readlinkSync } from 'node:fs';

/*
 * Both look again each time the event loop has turned.
 */

/** Resolves when something is at the path. */
export async function untilThere(path: string): Promise<void> {
  while (!existsSync(path)) await turn();
}

/** Resolves when the process has the file open; throws when the process is gone. */
export async function untilOpen(pid: number, path: string): Promise<void> {
  while (!openFiles(pid).includes(path)) await turn();
}

function openFiles(pid: number): (string | null)[] {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).map((name) => {
    try {
      return readlinkSync(`${directory}/${name}`);
    } catch {
      return null; // closed since
    }
  });
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
