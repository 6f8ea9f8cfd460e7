import type { FleetReport, MachineOutcome, PublishOutcome } from '../report/fleet-results.ts';
import type { Expected } from './ask-all.ts';
import type { Way } from './fleet-context.ts';
import type { Listing } from './fleet-model.ts';

/** What a run has found out so far. Each step fills in its part, so a run that ends early can report it. */
export interface Findings {
  publish: PublishOutcome | null;
  /** The index that the machines of each target should have. */
  readonly expected: Map<Way, Expected>;
  listing: Listing | null;
  machines: readonly MachineOutcome[];
}

export function newFindings(): Findings {
  return { publish: null, expected: new Map(), listing: null, machines: [] };
}

/** The findings as the report has them. */
export function foundOf({
  publish,
  expected,
  listing,
  machines,
}: Findings): Pick<FleetReport, 'publish' | 'index' | 'pushed' | 'machines' | 'skipped'> {
  const [index = null, ...more] = [...expected.values()].map((one) => one.index);
  const pushed = more.find((other) => other !== null && other !== index);
  return { publish, index, ...(pushed ? { pushed } : {}), machines, skipped: listing?.skipped ?? [] };
}
