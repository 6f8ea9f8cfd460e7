import { Failure } from '../failure.ts';
import type { TenantDatabase } from '../tenants/tenant-model.ts';
import { underTenantLock } from '../tenants/under-lock.ts';
import type { Deadline } from './deadline.ts';
import { grewNot } from './decide-upload.ts';
import { survey } from './survey.ts';
import type { Run } from './sync-context.ts';
import { readHere } from './upload.ts';

/** Milliseconds to wait for another process, and for a moment without writers. It is short, since only a note depends on it. */
const PATIENCE_MS = 1000;

/**
 * Reports databases that were changed here after their last upload, and whose events now belong to another region. They
 * are not uploaded: the other region may already have changed its own copy, and its upload would then be refused.
 */
export async function tellOfMoved(
  run: Run,
  elsewhere: readonly TenantDatabase[],
  deadline: Deadline,
): Promise<void> {
  const { seen, ledger, steps } = run;
  const knowledge = { seen: seen.all(), copy: (name: string) => ledger.copy(name) };
  const changed: string[] = [];
  for (const { tenant, suspect, seen: base } of survey(elsewhere, knowledge, Date.now())) {
    if (!base || !suspect || deadline.left() === 0) continue;
    if (await isChanged(run, tenant, deadline)) changed.push(`${tenant.name} (${tenant.region})`);
  }
  if (changed.length === 0) return;
  steps.note(
    `not uploaded, because their events belong to another region now: ${changed.join(', ')}. ` +
      'Each was changed here since its last upload. To upload one, give its event back to this region in the index, and run idle. If the database of the other region is right, run sync-databases --only NAME: it downloads that one, and keeps a copy of this one.',
  );
}

/** A database that cannot be read now is not reported. */
async function isChanged(run: Run, tenant: TenantDatabase, deadline: Deadline): Promise<boolean> {
  const { request, seen, ledger, workDir, stateDir } = run;
  const patienceMs = deadline.within(PATIENCE_MS);
  const compare = async () => {
    const local = await readHere({ ledger, workDir, dryRun: request.dryRun, patienceMs }, tenant);
    const base = seen.get(tenant.name);
    return local !== null && base !== null && !grewNot({ ...local, digest: local.image.digest }, base);
  };
  try {
    if (request.dryRun) return await compare();
    return await underTenantLock({ stateDir, seen, timeoutMs: patienceMs }, tenant, compare);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return false;
  }
}
