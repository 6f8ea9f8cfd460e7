import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describeBadEnd } from '../child/bad-end.ts';
import { isProgram } from '../child/find.ts';
import { runChild } from '../child/run-child.ts';
import { Failure } from '../failure.ts';
import type { Index } from '../index/index-model.ts';
import type { Tell } from '../report/events.ts';
import { childUser } from '../rights/child.ts';
import { isRootsAlone } from '../rights/control.ts';
import type { ReadySettings } from './ready-settings.ts';
import type { Stage, StageOutcome } from './stages.ts';

/** Path of an application's own program that renders its pages. */
const OWN = 'bin/prerender';

/** Lines of a program's output that are shown; of the others only their number. */
const MOST_LINES = 200;

export interface PrerenderContext {
  readonly appRoot: string;
  /** Absolute path of the directory that is served. */
  readonly publicDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: ReadySettings;
  /** The renderer that is built in. */
  readonly builtin: Stage;
  /** The pages that belong in the public directory, by their paths in it. */
  readonly pagesOf: (index: Index) => Promise<readonly string[]>;
}

/** The same, for one round. */
interface RoundContext extends PrerenderContext {
  readonly tell: Tell;
}

/** The stage that renders the pages, with the renderer in the settings. */
export function prerenderStage(always: PrerenderContext): Stage {
  const { settings, appRoot, publicDir, builtin } = always;
  return async (index, request) => {
    const context = { ...always, tell: request.tell };
    const { prerender } = settings;
    if (prerender === 'off') {
      note(context, 'READY_PRERENDER is off: no pages are rendered');
      return { counts: {}, failures: [] };
    }
    const user = shutOut(publicDir);
    if (typeof prerender === 'object') {
      if (user) note(context, `${prerender.command[0]} runs as ${user}, who cannot write to ${publicDir}`);
      return await runProgram(context, prerender.command, index, request.dryRun);
    }
    const own = join(appRoot, OWN);
    if (prerender === 'auto' && isProgram(own)) {
      if (!user) return await runProgram(context, [own], index, request.dryRun);
      const why = `${own} would run as ${user}, who cannot write to ${publicDir}`;
      note(context, `${why}, so the built-in renderer is used (READY_PRERENDER=builtin always uses it)`);
    } else if (prerender === 'auto' && existsSync(own)) {
      note(context, `${own} is there but is not executable, so the built-in renderer is used`);
    }
    return await builtin(index, request);
  };
}

/** The account that programs run as, where the public directory is root's alone; null where they may write there. */
function shutOut(publicDir: string): string | null {
  const user = childUser();
  return user.kind === 'account' && isRootsAlone(publicDir) ? user.account.name : null;
}

/** @throws {Failure} `command-failed` */
async function runProgram(
  context: RoundContext,
  command: readonly string[],
  index: Index,
  dryRun: boolean,
): Promise<StageOutcome> {
  const { appRoot, env, settings } = context;
  const shown = command.join(' ');
  if (dryRun) {
    note(context, `${shown} would be run`);
    return { counts: {}, failures: [] };
  }
  note(context, `${shown} renders the pages`);
  const before = await timesOf(context, index);
  let lines = 0;
  const outcome = await runChild({
    command,
    cwd: appRoot,
    env: { ...env, RAILS_ENV: env['RAILS_ENV'] || 'production' },
    timeoutMs: settings.prerenderTimeoutMs,
    onLine: (line) => {
      lines += 1;
      if (lines <= MOST_LINES) note(context, `${command[0]}: ${line}`);
    },
  });
  if (lines > MOST_LINES) note(context, `${command[0]}: ${lines - MOST_LINES} more lines are not shown`);
  const limit = `${settings.prerenderTimeoutMs / 1000} s (READY_PRERENDER_TIMEOUT)`;
  const problem = describeBadEnd(outcome, limit);
  if (problem === null) return made(context, shown, before, await timesOf(context, index));
  throw new Failure('command-failed', `${shown} ${problem}`, {
    hint: 'Run it by hand in the app root to see why. READY_PRERENDER=builtin uses the built-in renderer instead.',
  });
}

/** When each page of the index was last written, in milliseconds since 1970; null for one that is not there. */
async function timesOf({ publicDir, pagesOf }: PrerenderContext, index: Index): Promise<(number | null)[]> {
  const paths = await pagesOf(index);
  return paths.map((path) => statSync(join(publicDir, path), { throwIfNoEntry: false })?.mtimeMs ?? null);
}

/** What a program has made, as far as can be seen: it may end with 0 and have rendered nothing. */
function made(
  context: RoundContext,
  shown: string,
  before: readonly (number | null)[],
  after: readonly (number | null)[],
): StageOutcome {
  const written = after.filter((time, at) => time !== null && time !== before[at]).length;
  const missing = after.filter((time) => time === null).length;
  if (written === 0) note(context, `${shown} wrote none of the ${after.length} pages of this index`);
  return { counts: { written, unchanged: after.length - written - missing, missing }, failures: [] };
}

function note({ tell }: RoundContext, message: string): void {
  tell({ type: 'note', message });
}
