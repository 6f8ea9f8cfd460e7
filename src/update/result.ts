import { hostname } from 'node:os';
import { type Problem, problemOf } from '../failure.ts';
import type { NoticedChange } from '../noticed-change.ts';
import type { FileFacts, IndexFacts, Outcome, RunResult } from '../report/results.ts';
import type { Steps } from '../report/steps.ts';
import { newRunId } from '../run-id.ts';
import { identityOf } from '../site/identity.ts';
import type { Site } from '../site/site.ts';
import { versionText } from '../version.ts';
import { countRows, type Warning } from '../warning.ts';

/** What an operation has found out so far. Each step fills in its part, so a failure can say what was known. */
export interface Findings {
  readonly run: string;
  index: IndexFacts | null;
  files: readonly FileFacts[];
  reload: boolean;
  warnings: readonly Warning[];
  diff?: string;
  changes?: readonly NoticedChange[];
  fallback?: Problem;
}

/** What every step of an operation is given. */
export interface Running {
  readonly site: Site;
  readonly steps: Steps;
  readonly findings: Findings;
}

export function newFindings(run: string): Findings {
  return { run, index: null, files: [], reload: false, warnings: [] };
}

/** The result of an operation that ended as it should. */
export function endResult(site: Site, steps: Steps, findings: Findings, outcome: Outcome): RunResult {
  return {
    run: findings.run,
    machine: site.machineId,
    region: site.region,
    outcome,
    shared: false,
    index: findings.index,
    files: findings.files,
    reload: findings.reload,
    warningCount: countRows(findings.warnings),
    warnings: findings.warnings,
    steps: [...steps.facts],
    ...(findings.diff === undefined ? {} : { diff: findings.diff }),
    ...(findings.changes === undefined ? {} : { changes: findings.changes }),
    ...(findings.fallback === undefined ? {} : { fallback: findings.fallback }),
    version: versionText(),
  };
}

/** The result of one that did not. Nothing was changed, so no file is named as changed and no reload follows. */
export function failureResult(site: Site, steps: Steps, findings: Findings, error: unknown): RunResult {
  const { version, ...result } = endResult(site, steps, { ...findings, files: [], reload: false }, 'failed');
  return {
    ...result,
    error: problemOf(error),
    ...(version === undefined ? {} : { version }),
  };
}

/** The result of a request that was refused before an operation began, when not even the site is known for sure. */
export function refusedResult(env: NodeJS.ProcessEnv, error: unknown): RunResult {
  return {
    run: newRunId(),
    ...identityOf(env, hostname()),
    outcome: 'failed',
    shared: false,
    index: null,
    files: [],
    reload: false,
    warningCount: 0,
    warnings: [],
    steps: [],
    error: problemOf(error),
    version: versionText(),
  };
}
