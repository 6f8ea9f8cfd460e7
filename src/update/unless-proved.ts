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
import type { Parts } from './update-context.ts';
import { GENERATE, READ } from './update-steps.ts';

/*
 * Most runs change nothing. What a run generates depends on the index, the site, and the build of this program, and on
 * nothing else: so where these are the ones of the last run, and each file holds what that run left, to the byte, then to
 * read, generate and compare once more would give the same. Both are known by digests, which the journal keeps. Whatever
 * is missing there, or differs, takes the whole way.
 */

/** Whether nothing is to be done, by digests; then its steps are told as the last run has told them. */
export async function isProved(
  { site, build }: Parts,
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

/** What a run has found out, from the index to the files that now stand there. */
export interface Proof {
  readonly candidate: Candidate;
  readonly reading: Reading;
  readonly comparisons: readonly Comparison[];
}

/** Writes down, with how the run ends, what proves the next one to be unneeded. */
export function rememberProof(
  { site, build }: Pick<Parts, 'site' | 'build'>,
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
 * Of everything that the files depend on. Node counts, too: it knows the letters of all scripts, and the names of months;
 * that of a distribution has them from a library that gets versions of its own.
 *
 * @returns hex; null for what proves nothing: sources that may have been changed, or an image that SQLite would not open
 */
function inputsDigest(site: Site, build: string | null, { image, digest }: Candidate): string | null {
  if (build === null || headerProblem(image) !== null) return null;
  // Of the header's bytes that the digest of an image leaves out, what counts is whether SQLite trusts the page count.
  const inputs = [FORMAT, build, process.versions, digest, isCounted(image), site];
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

/** Of what the journal keeps; another one says that an earlier release wrote it. */
const FORMAT = 1;

/** Whether each file holds what it held. What cannot be read is looked at by the whole way, which says why. */
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
