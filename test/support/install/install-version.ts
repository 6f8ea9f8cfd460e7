import { createHash } from 'node:crypto';
import { imageDigest, openInstalled, readImage } from '../../../src/database/image.ts';
import { type Swapped, swapDatabase } from '../../../src/database/swap.ts';
import { stagedPath } from '../../../src/files/staged-names.ts';
import { commitFiles } from '../../../src/install/commit.ts';
import { compareFiles } from '../../../src/install/compare.ts';
import { keepGeneration } from '../../../src/install/generations.ts';
import { recover } from '../../../src/install/recover.ts';
import { discardStaged, stageFiles } from '../../../src/install/stage.ts';
import { acquireJournal } from '../../../src/journal/journal.ts';
import type { RunResult } from '../../../src/report/results.ts';
import { type Place, plan } from './place-in.ts';

/** What one install did. */
export interface Done {
  readonly changed: boolean;
  readonly reloaded: boolean;
  readonly removed: readonly string[];
}

const FACTS = { etag: null, size: 0, time: new Date(0), source: 'store' } as const;

/** A whole install of one version, index and all, in the order in which an update does it. */
export async function installVersion(
  place: Place,
  version: number,
  image: Buffer,
  run: string,
): Promise<Done> {
  const { dbDir, stateDir, appRoot, index, navigator } = place;
  const journal = await acquireJournal({ dbDir, timeoutMs: 10_000 });
  try {
    const directories = [dbDir, `${appRoot}/tmp`, `${appRoot}/config`];
    const removed = recover({ stateDir, directories, run });
    journal.begin({ run, trigger: 'command', kind: 'plain', appRoot });
    const old = readOld(index);
    const sha256 = createHash('sha256').update(image).digest('hex');
    const installed = journal.installed();
    const digest = old && imageDigest(old);
    // What was installed with pages of another size has a digest of its own.
    const isNew =
      digest !== imageDigest(image) && !(installed?.sha256 === sha256 && installed.digest === digest);
    const differing = compareFiles(plan(place, version)).filter(({ changed }) => changed);
    const changed = isNew || differing.length > 0;
    const reload = changed || journal.pendingReload();
    if (reload) {
      const staged = await stageFiles(
        differing.map(({ file }) => file),
        run,
      );
      const files = differing.map(({ file: { kind, path }, previous }) => ({ kind, path, previous }));
      let swapped: Swapped | null = null;
      try {
        if (changed) keepGeneration(stateDir, run, { index: isNew ? old : null, files }, null);
        journal.setPendingReload(run);
        if (isNew) {
          const staged = stagedPath(index, run);
          swapped = await swapDatabase({ path: index, image, staged, mtime: new Date(0) });
        }
      } catch (error) {
        discardStaged(staged);
        throw error;
      }
      commitFiles(staged, { path: navigator, clockMark: journal.clockMark() });
      journal.clearPendingReload(swapped && { ...FACTS, sha256, digest: swapped.digest, held: false });
    }
    journal.finish(run, result(run, changed));
    return { changed, reloaded: reload, removed };
  } finally {
    journal.close();
  }
}

function readOld(path: string): Buffer | null {
  const db = openInstalled(path);
  if (!db) return null;
  try {
    return readImage(db);
  } finally {
    db.close();
  }
}

function result(run: string, changed: boolean): RunResult {
  return {
    run,
    machine: 'test',
    region: null,
    outcome: changed ? 'updated' : 'unchanged',
    shared: false,
    index: null,
    files: [],
    reload: changed,
    warningCount: 0,
    warnings: [],
    steps: [],
  };
}
