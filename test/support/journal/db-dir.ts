import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { acquireJournal, type Journal } from '../../../src/journal/journal.ts';

/** A db dir of a test's own, removed when the test is over. */
export function makeDbDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'journal-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Takes the lock, does the work, and lets the lock go. */
export async function withJournal<T>(dbDir: string, work: (journal: Journal) => T | Promise<T>): Promise<T> {
  const journal = await acquireJournal({ dbDir, timeoutMs: 10_000 });
  try {
    return await work(journal);
  } finally {
    journal.close();
  }
}
