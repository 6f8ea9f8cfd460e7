/** Bytes of an index from which on memory is worth more than the milliseconds of loading `node:v8`: 20,000 events. */
const LARGE = 3 * 1024 * 1024;

/**
 * Keeps V8's young generation as large as it is by now. With a large index it would double until it is half of the
 * process's memory, full of lines that are long written. V8 reads this setting each time it is about to grow; the limit
 * itself can only be set from the command line, which `#!/usr/bin/env node` has no portable way to give.
 */
export async function limitYoungGeneration(indexBytes: number): Promise<void> {
  if (indexBytes < LARGE) return;
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
}
