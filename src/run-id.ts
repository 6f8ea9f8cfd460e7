import { randomBytes } from 'node:crypto';

/** What the names of runs look like, as the source of a regular expression. */
export const RUN_ID = '[0-9]{8}T[0-9]{9}Z-[0-9a-f]{6}';
const WHOLE_RUN_ID = new RegExp(`^${RUN_ID}$`);

/** A name for a run that sorts by time and that no other run has: `20260102T030405678Z-1f2e3d`. */
export function newRunId(): string {
  return `${new Date().toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`;
}

export function isRunId(text: string): boolean {
  return WHOLE_RUN_ID.test(text);
}
