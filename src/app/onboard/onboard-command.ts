import { problemOf } from '../../failure.ts';
import { readCall, refusalExit } from '../arguments.ts';
import type { World } from '../machine/machine-context.ts';
import { usageOf } from '../options/command.ts';
import { runToEnd } from '../run-to-end.ts';
import { withoutLog } from '../without-log.ts';
import { Cancelled } from './asker.ts';
import { ONBOARD } from './onboard-options.ts';
import type { OnboardConsole, Run } from './onboard-run.ts';
import { plainTeller } from './plain-teller.ts';
import { save } from './saving.ts';
import { knownAnswers, takeRights, walk } from './walk.ts';
import { missingAnswers, tellParts } from './wizard.ts';

const CANCELLED = 130;

/**
 * Runs `onboard`.
 *
 * @returns 0 done, 1 failed, 2 unusable options or a missing answer, 130 or 143 cancelled
 */
export async function runOnboard(
  world: World,
  args: readonly string[],
  console: OnboardConsole,
): Promise<number> {
  const call = await readCall(ONBOARD, args, console, world);
  if (call.kind === 'answered') return call.exitCode;
  const { unexpected } = withoutLog(console, world);
  return await runToEnd({ unexpected, refused: (error) => refuse(error, console) }, async () => {
    const run: Run = { world, options: call.options(), console };
    try {
      return await (console.input === null ? withoutTerminal(run) : atTerminal(run, console.input));
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      console.write(`\n${error.message}\n`);
      return console.stop.exitCode() ?? CANCELLED;
    }
  });
}

function refuse(error: unknown, { complain }: OnboardConsole): 1 | 2 {
  const { message, hint } = problemOf(error);
  complain(`onboard: ${message}. ${hint}\n`);
  return refusalExit(error);
}

async function withoutTerminal(run: Run): Promise<number> {
  const { world, options, console } = run;
  const { answers, envFile } = knownAnswers(world, options);
  const missing = [
    ...missingAnswers(answers),
    ...(options.yes || options.dryRun ? [] : ['--yes']),
    ...(options.run === null && !options.dryRun ? ['--run or --no-run'] : []),
  ];
  if (missing.length > 0) {
    const all = missing.join('; ');
    throw usageOf('onboard')(`there is no terminal to ask on, and these answers are missing: ${all}`);
  }
  await takeRights(world, answers);
  await tellParts({ world, answers }, plainTeller(console.write, console.stop.signal));
  return await save(run, { answers, envFile }, null);
}

async function atTerminal(run: Run, input: NodeJS.ReadStream): Promise<number> {
  const { console } = run;
  // What asks is loaded only where somebody can be asked.
  const { terminalAsker } = await import('./terminal-asker.ts');
  const { signal, interrupt } = console.stop;
  const asker = terminalAsker({ ...console, input, signal, interrupt });
  asker.begin('A new admin host, up to its first update');
  asker.note('Nothing is written before you save. Ctrl-C ends it.');
  return await save(run, await walk(run, asker), asker);
}
