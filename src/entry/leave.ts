import { stopWatching } from '../app/watcher.ts';

/** Ends this process at once: sockets that are kept alive for a next request would hold it, and there is none. */
export async function leave(code: number): Promise<void> {
  await stopWatching();
  process.exit(code);
}
