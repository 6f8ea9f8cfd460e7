import { clearOwedEvents } from '../journal/owed-events.ts';
import type { Outcome } from '../report/results.ts';
import type { Candidate } from './candidate.ts';
import type { InstallOptions } from './install-options.ts';
import type { Operation } from './locked-work.ts';
import { isProved } from './unless-proved.ts';
import type { UpdateContext } from './update-context.ts';

/** Installs a candidate: at once if the last run proves that nothing is to be done, else by all steps (pipeline.ts). */
export async function bringAbout(
  context: UpdateContext,
  operation: Operation,
  candidate: Candidate,
  options: InstallOptions,
): Promise<Outcome> {
  clearOwedEvents(context.site.dbDir, operation.findings.run);
  if (await isProved(context, operation, candidate, options)) return 'unchanged';
  const { installCandidate } = await import('./pipeline.ts');
  return await installCandidate(context, operation, candidate, options);
}
