import { asFailure } from '../failure.ts';
import { newRunId } from '../report/run-id.ts';
import type { Summary } from '../report/types.ts';
import { machineName } from '../update/result.ts';

/** The summary of an operation that was refused before it began, when not even the site is known for sure. */
export function refusedSummary(env: NodeJS.ProcessEnv, operation: string, error: unknown): Summary {
  const { code, message, hint } = asFailure(error);
  return {
    run: newRunId(),
    operation,
    machine: machineName(env),
    region: env['FLY_REGION'] || null,
    outcome: 'failed',
    counts: {},
    failures: [],
    steps: [],
    error: { code, message, hint },
  };
}
