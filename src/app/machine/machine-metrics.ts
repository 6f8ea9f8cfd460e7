import { stateDirOf } from '../../database/state-dir.ts';
import { Failure, type FailureCode } from '../../failure.ts';
import { countEvents, entriesOf, type Index } from '../../index/index-model.ts';
import { readValidIndex } from '../../index/read-index.ts';
import { readLiveIndex } from '../../install/live-index.ts';
import { readHistory } from '../../journal/history.ts';
import { installedAs, readRemembered } from '../../journal/remembered.ts';
import { renderFigures } from '../../metrics/exposition.ts';
import {
  type DatabaseFacts,
  type MachineFacts,
  machineFigures,
  refusalFigures,
} from '../../metrics/machine-figures.ts';
import { writeFigures } from '../../metrics/metrics-file.ts';
import { operationFigures, successFigures } from '../../metrics/operation-figures.ts';
import type { Summary } from '../../report/results.ts';
import type { Site } from '../../site/site.ts';
import { Ledger } from '../../sync/ledger.ts';
import { fingerprint, mayUpload, type Surveyed, survey } from '../../sync/survey.ts';
import { listTenants } from '../../tenants/list.ts';
import { openSeen } from '../../tenants/seen.ts';
import { localFacts } from '../../update/candidate.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { versionText } from '../../version.ts';
import { siteOf, type World } from './machine-context.ts';

/** All runs that are kept. */
const MOST_RUNS = 500;
/** Milliseconds to wait for an update that holds the journal. */
const PATIENCE_MS = 5000;

/** What this machine knows, as text; for `--metrics`. @throws {Failure} as `readHistory`; `config-invalid` */
export async function renderMachine(site: Site, maxIndexBytes: number): Promise<string> {
  return renderFigures(machineFigures(await machineFacts(site, maxIndexBytes)));
}

/** Writes why an update could not begin; null if it could. @throws {Failure} as `writeFigures` */
export function writeRefusal(directory: string, code: FailureCode | null): void {
  writeFigures(directory, 'showcase-update', refusalFigures(code));
}

/**
 * Writes what this machine knows, and how operations have just ended, into a directory. How they ended comes first, since
 * it is known also where a setting keeps all else from being read.
 *
 * @param operations none for an update
 * @throws {Failure} as `renderMachine` and `writeFigures`
 */
export async function writeMachine(
  directory: string,
  world: World,
  operations: readonly Summary[],
): Promise<void> {
  const now = Date.now();
  if (operations.length === 0) writeRefusal(directory, null);
  for (const summary of operations) {
    if (summary.outcome !== 'done' && summary.outcome !== 'failed') continue;
    const name = `showcase-${summary.operation}`;
    writeFigures(directory, name, operationFigures(summary, now));
    if (summary.outcome === 'done') writeFigures(directory, `${name}-success`, successFigures(summary, now));
  }
  const site = await siteOf(world);
  const { maxIndexBytes } = readUpdateSettings(world.env);
  writeFigures(directory, 'showcase-machine', machineFigures(await machineFacts(site, maxIndexBytes)));
}

async function machineFacts(site: Site, maxIndexBytes: number): Promise<MachineFacts> {
  const { dbDir, machineId: machine, region } = site;
  const runs = await readHistory(dbDir, MOST_RUNS, PATIENCE_MS);
  const remembered = await readRemembered(dbDir, PATIENCE_MS);
  const live = await readLiveIndex(site, maxIndexBytes);
  const found = contentsOf(live.image);
  return {
    machine,
    region,
    version: versionText(),
    node: process.version,
    runs,
    remembered,
    index: localFacts(live, installedAs(remembered, live.digest)),
    contents: found && { events: countEvents(entriesOf(found.index)), warnings: found.warnings },
    databases: found && databasesOf(found.index, site),
  };
}

/** Null for an index that is not there, or that says nothing. */
function contentsOf(image: Buffer | null): { readonly index: Index; readonly warnings: number } | null {
  if (image === null) return null;
  try {
    const { index, warnings } = readValidIndex(image);
    return { index, warnings: warnings.length };
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** Looks at files alone: not one database is opened, and nothing is asked. */
function databasesOf(index: Index, site: Site): DatabaseFacts {
  const stateDir = stateDirOf(site.dbDir);
  const seen = openSeen(stateDir, { dryRun: true });
  try {
    const ledger = Ledger.open(stateDir, { dryRun: true });
    try {
      const knowledge = { seen: seen.all(), copy: (name: string) => ledger.copy(name) };
      const now = Date.now();
      const all = survey(listTenants(index, site), knowledge, now);
      // What was written a moment before it was uploaded is looked at once more by the next upload; here that does not count.
      const isAsRead = ({ tenant, seen }: Surveyed): boolean => {
        const known = ledger.copy(tenant.name);
        return (
          known !== null &&
          known.digest === seen?.digest &&
          known.print === fingerprint(tenant.path, now).print
        );
      };
      return {
        all: all.length,
        missing: all.filter(({ local, failure }) => local === null && failure === null).length,
        behind: all.filter((one) => one.suspect && mayUpload(one.tenant, site) && !isAsRead(one)).length,
      };
    } finally {
      ledger.close();
    }
  } finally {
    seen.close();
  }
}
