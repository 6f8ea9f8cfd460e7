import type { Arrival } from '../journal/types.ts';
import type { RunResult, Trigger } from '../report/types.ts';
import { type Candidate, fetchCandidate, localCandidate } from './candidate.ts';
import { installCandidate } from './install.ts';
import { type Operation, underLock } from './locked.ts';
import type { Parts } from './parts.ts';

export interface UpdateRequest {
  readonly trigger: Trigger;
  /** Fetch and reinstall even when nothing changed. */
  readonly force: boolean;
  readonly arrival: Arrival;
}

/**
 * The whole update: lock, fetch, read, generate, check, install. Never throws: what goes wrong is the result, and then
 * nothing was changed.
 */
export async function runUpdate(parts: Parts, request: UpdateRequest): Promise<RunResult> {
  const { trigger, force, arrival } = request;
  return await underLock(parts, { trigger, arrival, kind: force ? 'forced' : 'plain' }, async (operation) => {
    const candidate = await operation.steps.run('fetch', 'Fetch the index', async () => {
      const value = await obtain(parts, operation, force);
      return { value, detail: value.detail };
    });
    return await installCandidate(parts, operation, candidate, force);
  });
}

async function obtain(parts: Parts, { journal, live }: Operation, force: boolean): Promise<Candidate> {
  const installed = journal.installed();
  const store = await parts.openStore();
  if (!store) return localCandidate(live, installed);
  return await fetchCandidate(store, live, installed, { maxBytes: parts.settings.maxIndexBytes, force });
}
