import { Failure, type Problem, problemOf } from '../failure.ts';
import type { Index } from '../index/index-model.ts';
import { countEvents, entriesOf } from '../index/index-model.ts';
import { firstOfEachKind } from '../index/warnings.ts';
import { readInstalledIndex } from '../install/installed-index.ts';
import type { PlannedStep } from '../report/events.ts';
import { describeCounts } from '../report/plain-text.ts';
import type { ItemFailure, Summary } from '../report/results.ts';
import { Steps } from '../report/steps.ts';
import { newRunId } from '../run-id.ts';
import { counted } from '../text.ts';
import type { ReadyContext, Scope, StageName, StageOutcome } from './stages.ts';

/** The name of the operation in events. */
export const OPERATION = 'ready';

const READ: PlannedStep = { name: 'index', title: 'Read the installed index' };
const STEPS: Readonly<Record<StageName, PlannedStep>> = {
  tenants: { name: 'tenants', title: 'Prepare the tenant databases' },
  pages: { name: 'pages', title: 'Prerender the pages' },
};

/** How a round is announced. */
export function beginning(run: string, target: string, steps: readonly PlannedStep[]) {
  return { kind: 'operation', run, operation: OPERATION, trigger: null, by: null, target, steps } as const;
}

export interface RoundRequest {
  readonly scope: Scope;
  readonly dryRun: boolean;
  /** From 1. */
  readonly number: number;
  /** Called when a stage begins; what it returns is called, and waited for, when the stage has ended. */
  readonly beside?: (stage: StageName) => () => Promise<void>;
}

/**
 * One round: the newest index is read, then the stages go over it one after another. Never throws: what goes wrong with
 * one stage is a failure in the summary and the next one goes on; without an index no stage begins.
 */
export async function runRound(context: ReadyContext, request: RoundRequest): Promise<Summary> {
  const { scope, dryRun, number } = request;
  const steps = new Steps(context.report);
  const run = newRunId();
  const { machineId: machine, region } = context.site;
  steps.begin(beginning(run, machine, [READ, ...scope.map((stage) => STEPS[stage])]));
  if (number > 1) {
    steps.note(`round ${number}: another ready hook has asked for it; it uses the newest index`);
  }
  const counts: Record<string, number> = {};
  const failures: ItemFailure[] = [];
  let error: Summary['error'];
  try {
    const { index, warnings } = await steps.run(READ, async () => {
      const value = await readInstalledIndex(context.site, context.maxIndexBytes);
      return { value, detail: describe(value.index) };
    });
    for (const warning of firstOfEachKind(warnings)) steps.say({ type: 'warning', warning });
    for (const stage of scope) {
      const ended = request.beside?.(stage);
      const outcome = await runStage(context, steps, stage, index, dryRun);
      await ended?.();
      for (const [name, count] of Object.entries(outcome.counts)) counts[`${stage} ${name}`] = count;
      failures.push(...outcome.failures);
    }
  } catch (thrown) {
    error = reportedProblem(context, thrown);
  }
  const failed = error !== undefined || failures.length > 0;
  const outcome = failed ? 'failed' : dryRun ? 'dry-run' : 'done';
  const facts = { run, operation: OPERATION, machine, region, outcome, counts, failures } as const;
  const summary: Summary = { ...facts, steps: [...steps.facts], ...(error ? { error } : {}) };
  steps.say({ type: 'run-ended', kind: 'operation', result: summary });
  return summary;
}

async function runStage(
  context: ReadyContext,
  steps: Steps,
  stage: StageName,
  index: Index,
  dryRun: boolean,
): Promise<StageOutcome> {
  try {
    return await steps.run(STEPS[stage], async () => {
      const value = await context.stages[stage](index, { step: stage, dryRun, tell: steps.say });
      return { value, detail: describeCounts(value.counts).join(', ') || 'done' };
    });
  } catch (error) {
    return { counts: {}, failures: [{ step: stage, name: stage, ...reportedProblem(context, error) }] };
  }
}

function reportedProblem(context: ReadyContext, error: unknown): Problem {
  if (!(error instanceof Failure)) context.unexpected(error);
  return problemOf(error);
}

function describe(index: Index): string {
  return `${counted(index.studios.length, 'studio')}, ${counted(countEvents(entriesOf(index)), 'event')}`;
}
