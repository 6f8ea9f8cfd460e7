import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Place, placeIn } from './place-in.ts';

export { type Place, plan } from './place-in.ts';

export const RUN = '20260102T030405678Z-1f2e3d';
export const LATER_RUN = '20260102T030406678Z-0a0b0c';

/** A machine of a test's own, removed when the test is over. */
export function makePlace(): Place {
  const home = mkdtempSync(join(tmpdir(), 'install-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return placeIn(home);
}

/** Names of all files below a directory that were staged and not put in place. */
export function leftovers(home: string): string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.staged'));
}
