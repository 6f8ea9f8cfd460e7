import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux has a file system in memory. Containers may have it small, or without leave to run what is there. */
const MEMORY = '/dev/shm';
/** Bytes that must be free there: several times what all tests together have there at a time. */
const ENOUGH = 2 * 2 ** 30;

/**
 * Variables for tests: temporary directories are made in memory, where that can be, since a flush to a disk costs more
 * than most of what is tested. `DISK_TMPDIR` is where they would be else. A `TMPDIR` that is set stays as it is.
 */
export function scratchVariables(): Record<string, string> {
  const disk = tmpdir();
  return { DISK_TMPDIR: disk, TMPDIR: process.env['TMPDIR'] ? disk : memoryOr(disk) };
}

/** A directory on a disk: for what is killed while it writes. */
export function diskDirectory(): string {
  return process.env['DISK_TMPDIR'] ?? tmpdir();
}

function memoryOr(disk: string): string {
  let probe: string | null = null;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < ENOUGH) return disk;
    probe = mkdtempSync(join(MEMORY, 'probe-'));
    const script = join(probe, 'script');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    execFileSync(script);
    return MEMORY;
  } catch {
    return disk; // it is not there, or nothing there may be run
  } finally {
    if (probe !== null) rmSync(probe, { recursive: true });
  }
}
