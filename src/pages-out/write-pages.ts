import { setImmediate as turn } from 'node:timers/promises';
import { Failure, problemOf } from '../failure.ts';
import { diskError } from '../files/disk.ts';
import type { Page } from '../pages/page.ts';
import type { Tell } from '../report/events.ts';
import type { ItemFailure, ItemOutcome } from '../report/results.ts';
import { Directory } from './directory.ts';
import { placeFile } from './page-place.ts';
import { assetOf, originOf, seal } from './seal.ts';
import { stalePages } from './stale.ts';

export interface WriteRequest {
  /** Absolute path of the directory that is served; made if it is missing. */
  readonly publicDir: string;
  readonly pages: readonly Page[];
  /** Says what would be written and removed, and does nothing. */
  readonly dryRun: boolean;
  /** Name of the step in events. */
  readonly step: string;
  readonly say: Tell;
}

export interface WriteResult {
  /** Pages `written`, `unchanged`, `removed` and `failed`; in a dry run those `to write` and `to remove`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly ItemFailure[];
}

/** The note about a page that no longer belongs. */
const LEFT_ALONE =
  'no longer a page of this site, but somebody has changed it by hand; remove it if nobody needs it';

/** Pages between two turns of the event loop, so that nothing else has to wait for all of them. */
const BATCH = 32;

/**
 * Renders pages and writes those that differ from the files there, then removes our pages that are no longer among
 * them. A page that cannot be rendered or written is a failure in the result, and the others go on.
 *
 * @throws {Failure} `disk`: the public directory itself cannot be used.
 */
export async function writePages(request: WriteRequest): Promise<WriteResult> {
  return await new Writer(request).run();
}

type Counts = Record<'written' | 'unchanged' | 'removed' | 'failed', number>;

class Writer {
  readonly #request: WriteRequest;
  readonly #counts: Counts = { written: 0, unchanged: 0, removed: 0, failed: 0 };
  readonly #failures: ItemFailure[] = [];
  /** Paths of assets that could not be written. */
  readonly #lost: string[] = [];

  constructor(request: WriteRequest) {
    this.#request = request;
  }

  async run(): Promise<WriteResult> {
    const { publicDir, pages, dryRun, step, say } = this.#request;
    const top = openTop(publicDir, dryRun);
    try {
      for (const [at, page] of pages.entries()) {
        if (at % BATCH === 0) {
          say({ type: 'progress', step, done: at, total: pages.length });
          await turn();
        }
        const isDone = this.#attempt(page.path, () => this.#write(top, page));
        if (!isDone && isAsset(page.path)) this.#lost.push(page.path);
      }
      say({ type: 'progress', step, done: pages.length, total: pages.length });
      if (top) this.#removeStale(top);
    } finally {
      top?.close();
    }
    return { counts: dryRun ? planned(this.#counts) : this.#counts, failures: this.#failures };
  }

  #write(top: Directory | null, page: Page): void {
    const names = page.path.split('/');
    const name = names.pop() ?? '';
    const bytes = seal(name, page.render());
    const { dryRun } = this.#request;
    const directory = top && enterAll(top, names, { make: !dryRun });
    try {
      if (directory?.read(name, bytes.length)?.equals(bytes)) {
        this.#counts.unchanged += 1;
        return;
      }
      if (page.yields && directory && isTaken(directory, name)) return;
      const lost = this.#lost.find((path) => bytes.includes(path));
      if (lost !== undefined) throw needs(lost);
      if (directory && !dryRun) placeFile(directory, name, bytes);
      this.#tell('written', page.path, dryRun ? 'would-change' : 'changed', `${bytes.length} bytes`);
    } finally {
      if (directory !== top) directory?.close();
    }
  }

  #removeStale(top: Directory): void {
    const { pages, dryRun, publicDir } = this.#request;
    const kept = new Set(pages.map(({ path }) => path));
    const removeAll = () => {
      // A page that could not be written is still the one of an earlier run, and names that run's assets.
      const keepsAssets = this.#failures.length > 0;
      for (const { path, edited, remove } of stalePages(top, kept)) {
        if (keepsAssets && isAsset(path)) continue;
        this.#attempt(path, () => {
          if (edited) return this.#say(path, 'left-alone', LEFT_ALONE);
          if (!dryRun) remove();
          this.#tell('removed', path, dryRun ? 'would-change' : 'removed', dryRun ? 'to be removed' : '');
        });
      }
    };
    this.#attempt(publicDir, removeAll);
  }

  /** @returns whether it was done */
  #attempt(path: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      const failure = failureOf(error, this.#request.step, path);
      this.#counts.failed += 1;
      this.#failures.push(failure);
      this.#say(path, 'failed', failure.message);
      return false;
    }
  }

  #tell(count: 'written' | 'removed', path: string, outcome: ItemOutcome, detail: string): void {
    this.#counts[count] += 1;
    this.#say(path, outcome, detail);
  }

  #say(name: string, outcome: ItemOutcome, detail: string): void {
    const { say, step } = this.#request;
    say({ type: 'item', kind: 'page', step, name, phase: 'done', outcome, detail, attempt: 1 });
  }
}

function planned({ written, unchanged, removed, failed }: Counts): Record<string, number> {
  return { 'to write': written, unchanged, 'to remove': removed, failed };
}

/** Null in a dry run without one: nothing is made. */
function openTop(publicDir: string, dryRun: boolean): Directory | null {
  try {
    return Directory.openTop(publicDir, { make: !dryRun });
  } catch (error) {
    throw diskError('cannot use', publicDir, error);
  }
}

function isAsset(path: string): boolean {
  return assetOf(path.slice(path.lastIndexOf('/') + 1)) !== null;
}

/** A page without its style or its maps is worse than the one that stands there. */
function needs(asset: string): Failure {
  return new Failure('disk', `it needs ${asset}, which could not be written`, {
    hint: 'The lines above say what is wrong with that file.',
  });
}

/** Whether somebody else has put something at this place, or has changed what was ours. */
function isTaken(directory: Directory, name: string): boolean {
  const there = directory.read(name);
  return there ? originOf(name, there) !== 'intact' : directory.names().includes(name);
}

/** The directory at the end of a path; `top` itself for no names. Null where one is missing and none is to be made. */
function enterAll(top: Directory, names: readonly string[], { make }: { make: boolean }): Directory | null {
  let directory = top;
  for (const name of names) {
    if (name === '' || name === '.' || name === '..') throw new Error('the path leads out of the directory');
    const above = directory;
    try {
      const next = make ? above.enterOrMake(name) : above.enter(name);
      if (!next) return null;
      directory = next;
    } finally {
      if (above !== top) above.close();
    }
  }
  return directory;
}

function failureOf(error: unknown, step: string, name: string): ItemFailure {
  const known = diskError('cannot write', name, error);
  if (known instanceof Failure) {
    return { step, name, ...problemOf(known) };
  }
  const message = known instanceof Error ? known.message : String(known);
  return { step, name, code: 'internal', message, hint: 'Please report this as a bug, with the log.' };
}
