import { closeSync, constants, fsyncSync, openSync } from 'node:fs';

/** Flushes a directory, so that a rename in it survives a power cut. */
export function syncDirectory(path: string): void {
  const { O_DIRECTORY, O_NONBLOCK, O_RDONLY } = constants;
  const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
