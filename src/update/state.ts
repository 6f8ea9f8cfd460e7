import { type LiveIndex, readLiveIndex } from '../install/live-index.ts';
import { type Remembered, readRemembered } from '../journal/remembered.ts';
import type { MachineState } from '../report/types.ts';
import { localFacts } from './candidate.ts';
import type { Parts } from './parts.ts';

/** Times that index and journal are read until they go together. */
const READS = 3;
/** Milliseconds to wait for an update that holds the journal, unless the setting is less. */
const PATIENCE_MS = 5000;

/**
 * What this machine has: the installed index, whether an update was cut short, the last run. Changes nothing, takes no
 * lock and asks nobody. Waits some seconds while an update holds the journal, since until that has ended neither the
 * old state nor the new one is what the machine has.
 *
 * @throws {Failure} `lock-timeout`, `disk`, `config-invalid`
 */
export async function readState(parts: Parts): Promise<MachineState> {
  const { site, settings, report } = parts;
  const patienceMs = Math.min(PATIENCE_MS, settings.lockTimeoutMs);
  let live = await readLiveIndex(site);
  let remembered = await readRemembered(site.dbDir, patienceMs);
  for (let reads = 1; reads < READS && remembered.installed && !known(live, remembered); reads++) {
    // Either the index was changed by hand, or an update came between the two reads.
    live = await readLiveIndex(site);
    remembered = await readRemembered(site.dbDir, patienceMs);
  }
  const { pendingReload, lastRun } = remembered;
  const state: MachineState = {
    outcome: 'state',
    machine: site.machineId,
    region: site.region,
    index: localFacts(live, known(live, remembered)),
    pendingReload,
    lastRun,
  };
  report({ type: 'state', state }, new Date());
  return state;
}

/** What the journal knows of the index that stands there; null when it is not the one that it knows. */
function known(live: LiveIndex, { installed, intended }: Remembered): Remembered['installed'] {
  return [intended, installed].find((state) => state !== null && state.digest === live.digest) ?? null;
}
