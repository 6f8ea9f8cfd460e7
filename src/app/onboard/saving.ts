import { Failure } from '../../failure.ts';
import { newRunId } from '../../run-id.ts';
import { targetsOf } from './ask-target.ts';
import { type Asker, Cancelled } from './asker.ts';
import { closingWords } from './closing-words.ts';
import { runConfigUpdateHere } from './first-update.ts';
import { type Answers, environmentWith, worldWith } from './onboard-answers.ts';
import type { Run } from './onboard-run.ts';
import { writeAllOf } from './planned-writes.ts';
import { type Plan, planOf } from './save-plan.ts';

/** Everything that was answered, and where it goes. */
export interface Answered {
  readonly answers: Answers;
  readonly envFile: string;
}

const AS_IT_WAS = 'Nothing was changed: everything is as it was answered.';

/**
 * Writes what was answered, says what there is to do, and runs the first update where that is wanted; in a dry run only shows
 * what would be written.
 *
 * @param asker who may be asked whether it is wanted; null for nobody
 * @returns the exit code
 * @throws {Failure}; {Cancelled}
 */
export async function save(run: Run, answered: Answered, asker: Asker | null): Promise<number> {
  const { world, options, console } = run;
  const { answers, envFile } = answered;
  const plan = planOf(answers, worldWith(world, answers), envFile);
  const { write, isTerminal, stop } = console;
  if (options.dryRun) {
    asker?.end('Nothing is written.');
    write(renderPlan(plan));
    return 0;
  }
  // The last moment: from here on there is nothing to cancel.
  if (stop.signal.aborted) throw new Cancelled();
  if (plan.writes.length > 0) writeAllOf(plan.writes, newRunId());
  const lines = plan.writes.map(({ path, what }) => `Wrote ${path}: ${what}`);
  if (asker === null) write(`${[...(lines.length === 0 ? [AS_IT_WAS] : lines)].join('\n')}\n`);
  else {
    asker.finding({ lines, warnings: [] });
    asker.end(lines.length === 0 ? AS_IT_WAS : 'Saved.');
  }
  write(closingWords({ answers, envFile, plan, program: console.configUpdate, ci: options.ci, isTerminal }));
  try {
    return await update(run, answers, asker);
  } catch (error) {
    throw error instanceof Cancelled ? new Cancelled('Everything is saved, and no update was run.') : error;
  }
}

/** The dry run, and then the update itself. */
async function update(
  { world, options, console }: Run,
  answers: Answers,
  asker: Asker | null,
): Promise<number> {
  const { write, stop, configUpdate: program } = console;
  const first = { program, env: environmentWith(world.env, answers), target: targetsOf(answers).join(',') };
  const steps = [
    {
      args: ['--dry-run'],
      command: 'config-update --dry-run',
      question: 'See what a first update would do?',
    },
    { args: [], command: 'config-update', question: 'Run the first update now?' },
  ];
  for (const { args, command, question } of steps) {
    write('\n');
    const isWanted = options.run ?? (asker === null ? false : await asker.confirm(question, true));
    if (!isWanted) return 0;
    write(`\n${command}\n`);
    const code = await runConfigUpdateHere(first, args);
    const stopped = stop.exitCode();
    if (stopped !== null) return stopped;
    if (code !== 0) throw failedUpdate(command, code);
  }
  write('\nThe first update is through.\n');
  return 0;
}

function failedUpdate(command: string, code: number): Failure {
  return new Failure('command-failed', `${command} ended with ${code}; everything is saved`, {
    hint: 'The lines above say why (exit codes: docs/FLEET-REFERENCE.md). Run it again when that is fixed.',
  });
}

/** What a dry run shows. */
function renderPlan({ writes }: Plan): string {
  if (writes.length === 0) return 'Nothing would be changed: everything is as it was answered.\n';
  return writes
    .map(({ path, before, what, shown }) => {
      const text = shown === null ? '' : shown.replace(/^(?=.)/gm, '  ');
      return `Would write ${path}${before === null ? ' (new)' : ''}: ${what}\n${text}`;
    })
    .join('\n');
}
