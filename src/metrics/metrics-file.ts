import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { Failure } from '../failure.ts';
import { onDisk } from '../files/disk.ts';
import { stagedBy, stagedPath } from '../files/staged-names.ts';
import { ownershipFor, writeNewFile } from '../rights/files.ts';
import { inDirectory } from '../rights/rights.ts';
import { newRunId } from '../run-id.ts';
import { type Figure, renderFigures } from './exposition.ts';

/** Anybody may read it: node_exporter runs as a user of its own. */
const MODE = 0o644;
/** Milliseconds after which what a killed process has left is nobody's any more. */
const OLD_MS = 3_600_000;

/**
 * Puts figures where the textfile collector of node_exporter reads them: whole, or not at all. Where root alone controls the
 * directory root writes, else the application's account, and whatever stands at the name is replaced, never followed.
 *
 * @param directory absolute; it is not made
 * @param name without its ending
 * @throws {Failure} `config-invalid`, `disk`
 */
export function writeFigures(directory: string, name: string, figures: readonly Figure[]): void {
  if (!isAbsolute(directory)) {
    throw new Failure('config-invalid', `METRICS_DIR is ${JSON.stringify(directory)}`, {
      hint: 'Set METRICS_DIR to an absolute path, such as /var/lib/prometheus/node-exporter.',
    });
  }
  if (!existsSync(directory)) {
    throw new Failure('config-invalid', `METRICS_DIR is ${JSON.stringify(directory)}, which is not there`, {
      hint: 'Make that directory, or unset METRICS_DIR.',
    });
  }
  const path = join(directory, `${name}.prom`);
  onDisk('cannot write', path, () =>
    inDirectory(directory, () => {
      removeOld(directory, path);
      const staged = stagedPath(path, newRunId());
      try {
        writeNewFile(staged, [Buffer.from(renderFigures(figures))], ownershipFor(path, MODE));
        renameSync(staged, path);
      } finally {
        rmSync(staged, { force: true });
      }
    }),
  );
}

function removeOld(directory: string, path: string): void {
  for (const name of readdirSync(directory)) {
    const run = stagedBy(name);
    const staged = join(directory, name);
    if (run === null || staged !== stagedPath(path, run)) continue;
    const stats = statSync(staged, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs > OLD_MS) rmSync(staged, { force: true });
  }
}
