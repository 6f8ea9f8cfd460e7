import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram } from '../child/find.ts';
import { problemOf } from '../child/problem.ts';
import { runChild } from '../child/run.ts';
import { Failure } from '../failure.ts';
import type { Reporter } from '../report/types.ts';
import type { ReadySettings } from './settings.ts';
import type { Stage, StageOutcome } from './types.ts';

/** Where an application has a program of its own that renders its pages. */
const OWN = 'bin/prerender';

/** Lines of a program's output that are told; of more, only how many. */
const MOST_LINES = 200;

export interface PrerenderParts {
  readonly appRoot: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: ReadySettings;
  readonly report: Reporter;
  /** The renderer that is built in. */
  readonly builtin: Stage;
}

/** The stage that renders the pages, by whoever the settings say. */
export function prerenderStage(parts: PrerenderParts): Stage {
  const { settings, appRoot, builtin } = parts;
  return async (index, request) => {
    const { prerender } = settings;
    if (prerender === 'off') {
      note(parts, 'READY_PRERENDER is off: no pages are rendered');
      return { counts: {}, failures: [] };
    }
    if (typeof prerender === 'object') return await runProgram(parts, prerender.command, request.dryRun);
    const own = join(appRoot, OWN);
    if (prerender === 'auto' && isProgram(own)) return await runProgram(parts, [own], request.dryRun);
    if (prerender === 'auto' && existsSync(own)) {
      note(parts, `${own} is there but is not executable, so the built-in renderer is used`);
    }
    return await builtin(index, request);
  };
}

/** @throws {Failure} `command-failed` */
async function runProgram(
  parts: PrerenderParts,
  command: readonly string[],
  dryRun: boolean,
): Promise<StageOutcome> {
  const { appRoot, env, settings } = parts;
  const shown = command.join(' ');
  if (dryRun) {
    note(parts, `${shown} would be run`);
    return { counts: {}, failures: [] };
  }
  note(parts, `${shown} renders the pages`);
  let lines = 0;
  const outcome = await runChild({
    command,
    cwd: appRoot,
    env: { ...env, RAILS_ENV: env['RAILS_ENV'] || 'production' },
    timeoutMs: settings.prerenderTimeoutMs,
    onLine: (line) => {
      lines += 1;
      if (lines <= MOST_LINES) note(parts, `${command[0]}: ${line}`);
    },
  });
  if (lines > MOST_LINES) note(parts, `${command[0]}: ${lines - MOST_LINES} more lines, not told`);
  const limit = `${settings.prerenderTimeoutMs / 1000} s (READY_PRERENDER_TIMEOUT)`;
  const problem = problemOf(outcome, limit);
  if (problem === null) return { counts: {}, failures: [] };
  throw new Failure('command-failed', `${shown} ${problem}`, {
    hint: 'Run it by hand in the app root to see why; READY_PRERENDER=builtin does without it.',
  });
}

function note({ report }: PrerenderParts, message: string): void {
  report({ type: 'note', message }, new Date());
}
