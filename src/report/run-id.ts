import { randomBytes } from 'node:crypto';

/** A name for a run that sorts by time and that no other run has: `20260102T030405678Z-1f2e3d`. */
export function newRunId(): string {
  return `${new Date().toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`;
}
