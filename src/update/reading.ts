import type { Warning } from '../warning.ts';
import type { Running } from './result.ts';

/** What is reported of an index beside its rows. */
export interface Reading {
  /** How much it contains, in words. */
  readonly detail: string;
  /** Of each kind the first rows, then one that counts the others. */
  readonly warnings: readonly Warning[];
  /** Whether the index has the region that this machine is in. */
  readonly knowsRegion: boolean;
}

export function tellReading({ site, steps, findings }: Running, { warnings, knowsRegion }: Reading): void {
  findings.warnings = warnings;
  for (const warning of warnings) steps.say({ type: 'warning', warning });
  if (!knowsRegion) {
    steps.warn(
      `FLY_REGION is ${site.region}, but the index has no such region: this machine serves no event`,
    );
  }
}
