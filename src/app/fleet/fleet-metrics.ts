import { readFleetHistory } from '../../journal/fleet-history.ts';
import { renderFigures } from '../../metrics/exposition.ts';
import { fleetFigures, verifyFigures } from '../../metrics/fleet-figures.ts';
import { writeFigures } from '../../metrics/metrics-file.ts';
import type { FleetReport } from '../../report/fleet-results.ts';
import { versionText } from '../../version.ts';

/** All runs that are kept. */
const MOST_RUNS = 500;

/** What this host knows of its runs, as text; for `--metrics`. @throws {Failure} as `readFleetHistory` */
export async function renderFleet(dbDir: string): Promise<string> {
  return renderFigures(await figuresOf(dbDir));
}

/** Writes how a run has ended into a directory. @throws {Failure} as `renderFleet` and `writeFigures` */
export async function writeFleet(directory: string, dbDir: string, ended: FleetReport): Promise<void> {
  if (ended.operation === 'verify') {
    for (const target of ended.target.split(','))
      writeFigures(directory, `showcase-fleet-verify-${target}`, verifyFigures(ended, target, Date.now()));
  } else writeFigures(directory, 'showcase-fleet', await figuresOf(dbDir));
}

async function figuresOf(dbDir: string) {
  const rows = await readFleetHistory(dbDir, MOST_RUNS);
  return fleetFigures(rows, { version: versionText(), node: process.version });
}
