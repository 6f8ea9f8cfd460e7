import { createHash, hash } from 'node:crypto';
import { dirname } from 'node:path';
import { headerProblem, isCounted } from '../database/header.ts';
import { hashRegularFile } from '../files/regular-file.ts';
import type { Comparison } from '../install/compare.ts';
import type { Journal } from '../journal/journal.ts';
import type { ProvedOutput, ProvedRun } from '../journal/journal-model.ts';
import { inDirectory } from '../rights/rights.ts';
import type { Site } from '../site/site.ts';
import type { Candidate } from './candidate.ts';
import { describeChanges } from './changes.ts';
import type { InstallOptions } from './install-options.ts';
import type { Operation } from './locked-work.ts';
import { type Reading, tellReading } from './reading.ts';
import type { UpdateContext } from './update-context.ts';
import { GENERATE, READ } from './update-steps.ts';

/*
 * Most runs change nothing. The output of a run depends on the index, the site, and the build of this program, and on
 * nothing else. If these are the same as in the last run, and each file has the bytes that run left, then reading,
 * generating and comparing again would give the same. The journal keeps digests of all of them. If one is missing or
 * different, the run takes all steps.
 */

/** Whether the digests prove that nothing is to be done; then the steps of the last run are reported again. */
export async function isProved(
  { site, build }: UpdateContext,
  { journal, live, steps, findings }: Operation,
  candidate: Candidate,
  { force, reload = force }: InstallOptions,
): Promise<boolean> {
  const hasNothingToDo = !force && !reload && candidate.digest === live.digest && !journal.pendingReload();
  const proved = hasNothingToDo ? journal.proved() : null;
  if (!proved || proved.inputs !== inputsDigest(site, build, candidate) || !hold(proved.outputs))
    return false;
  findings.index = candidate.facts;
  await steps.run(READ, () => ({ value: null, detail: proved.detail }));
  tellReading({ site, steps, findings }, proved);
  await steps.run(GENERATE, () => {
    steps.endHere();
    const files = proved.outputs.map(({ kind, path, size }) => ({ kind, path, changed: false, size }));
    const index = { kind: 'index', path: live.path, changed: false, size: candidate.image.length } as const;
    findings.files = [index, ...files];
    return { value: null, detail: describeChanges(findings.files) };
  });
  if (candidate.remember) journal.setInstalled(candidate.remember);
  return true;
}

/** The facts of a run, from the index to the files that are now on the disk. */
export interface Proof {
  readonly candidate: Candidate;
  readonly reading: Reading;
  readonly comparisons: readonly Comparison[];
}

/** Records, with the end of the run, what can prove that the next one has nothing to do. */
export function rememberProof(
  { site, build }: Pick<UpdateContext, 'site' | 'build'>,
  journal: Journal,
  { candidate, reading, comparisons }: Proof,
): void {
  const inputs = inputsDigest(site, build, candidate);
  if (inputs === null) return;
  const outputs = comparisons.map(({ file: { kind, path, content } }): ProvedOutput => {
    return { kind, path, size: Buffer.byteLength(content), sha256: hash('sha256', content) };
  });
  journal.setProved({ inputs, outputs, ...reading });
}

/**
 * Digest of everything that the files depend on. Node counts, too: it decides which letters and month names are known.
 * The Node of a distribution has these from a library with versions of its own.
 *
 * @returns hex; null if it proves nothing: the sources may have been changed, or SQLite would not open the image
 */
function inputsDigest(site: Site, build: string | null, { image, digest }: Candidate): string | null {
  if (build === null || headerProblem(image) !== null) return null;
  // The digest of an image leaves out some bytes of the header. Of these, only one fact matters: whether SQLite trusts
  // the page count.
  const inputs = [FORMAT, build, process.versions, digest, isCounted(image), site];
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

/** Version of what the journal keeps; another one means that an earlier release wrote it. */
const FORMAT = 1;

/** Whether each file has the recorded bytes. If a file cannot be read, the full run says why. */
function hold(outputs: ProvedRun['outputs']): boolean {
  try {
    return outputs.every(({ path, size, sha256 }) => {
      const found = inDirectory(dirname(path), () => hashRegularFile(path, size));
      return found === sha256;
    });
  } catch {
    return false;
  }
}
