import type { RunResult } from '../../report/results.ts';
import { refusedResult } from '../../update/result.ts';
import type { UpdateContext } from '../../update/update-context.ts';
import { keepMetrics } from '../metrics-dir.ts';
import { runToEnd } from '../run-to-end.ts';
import { beginUpdate } from './begin-update.ts';
import type { Voice, World } from './machine-context.ts';

export interface MachineEnding<T> {
  readonly world: World;
  readonly voice: Voice;
  /** Whether what is known only after the end of the run is told in the log alone. */
  readonly isQuietAfterEnd: boolean;
  /**
   * @param report tells the refusal as the result of a run
   * @returns what the executable ends with
   */
  readonly refused: (error: unknown, report: () => RunResult) => T;
}

/** `buildUpdateContext` for what changes a machine, which leaves its figures where monitors look. */
export type Begin = (
  ...place: readonly [World, { readonly makesDirectories?: boolean }?]
) => Promise<UpdateContext>;

/** Does work on the configuration of this machine, by hand or by a hook, and ends as every executable does. */
export async function runOnMachine<T>(
  { world, voice, isQuietAfterEnd, refused }: MachineEnding<T>,
  work: (begin: Begin) => Promise<T>,
): Promise<T> {
  let changed: World | null = null;
  const begin: Begin = async (place, options) => {
    const context = await beginUpdate(place, voice, options);
    changed = place;
    return context;
  };
  const report = (error: unknown): RunResult => {
    const result = refusedResult(world.env, error);
    voice.report({ type: 'run-ended', kind: 'update', result });
    return result;
  };
  const close = async (): Promise<void> => {
    const problem = changed && (await keepMetrics(changed));
    const tell = isQuietAfterEnd ? voice.logOnly : voice.report;
    if (problem !== null) tell({ type: 'note', level: 'warning', message: problem });
    await voice.log.close();
  };
  return await runToEnd(
    { unexpected: voice.log.exception, refused: (error) => refused(error, () => report(error)), close },
    () => work(begin),
  );
}
