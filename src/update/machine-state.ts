import { Failure } from '../failure.ts';
import { generate } from '../generate/generate.ts';
import { readValidIndex } from '../index/read-index.ts';
import { compareFiles } from '../install/compare.ts';
import { type LiveIndex, readLiveIndex } from '../install/live-index.ts';
import { installedAs, type Remembered, readRemembered } from '../journal/remembered.ts';
import type { FileFacts, MachineState } from '../report/results.ts';
import type { Site } from '../site/site.ts';
import { versionText } from '../version.ts';
import { localFacts } from './candidate.ts';
import { fileFacts } from './changes.ts';
import type { UpdateContext } from './update-context.ts';

/** How often the state is read again because an update came in between. */
const LOOKS = 3;
/** Milliseconds to wait for an update that holds the journal, unless the setting is less. */
const PATIENCE_MS = 5000;

/**
 * The state of this machine: the installed index, whether the generated files match it, whether an update was cut
 * short, and the last run. Changes nothing, takes no lock and uses no network. Waits some seconds while an update holds
 * the journal: until the update ends, the machine has neither the old state nor the new one.
 *
 * @throws {Failure} `lock-timeout`, `disk`, `config-invalid`
 */
export async function readState(context: UpdateContext): Promise<MachineState> {
  const { site, settings, report } = context;
  const patienceMs = Math.min(PATIENCE_MS, settings.lockTimeoutMs);
  let remembered = await readRemembered(site.dbDir, patienceMs);
  for (let looks = 1; ; looks++) {
    const state = stateOf(site, await readLiveIndex(site, settings.maxIndexBytes), remembered);
    const after = await readRemembered(site.dbDir, patienceMs);
    // Every update records that it begins before it looks at anything.
    if (after.lastRun?.run === remembered.lastRun?.run || looks === LOOKS) {
      report({ type: 'run-ended', kind: 'state', result: state });
      return state;
    }
    remembered = after;
  }
}

function stateOf(site: Site, live: LiveIndex, remembered: Remembered): MachineState {
  const { pendingReload, lastRun, owedUpdate: fallback } = remembered;
  return {
    outcome: 'state',
    machine: site.machineId,
    region: site.region,
    index: localFacts(live, installedAs(remembered, live.digest)),
    files: filesOf(site, live),
    pendingReload,
    fallback,
    lastRun,
    version: versionText(),
  };
}

/**
 * The files that the installed index gives, `changed` if the disk has another content; none if the index cannot be
 * read.
 */
function filesOf(site: Site, live: LiveIndex): FileFacts[] {
  if (!live.image) return [];
  try {
    const { index } = readValidIndex(live.image);
    const facts = { path: live.path, changed: false, size: live.image.length };
    return fileFacts(compareFiles(generate(index, site)), facts);
  } catch (error) {
    if (error instanceof Failure && error.code === 'index-invalid') return [];
    throw error;
  }
}
