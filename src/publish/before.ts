import { describeBadEnd } from '../child/bad-end.ts';
import { runChild } from '../child/run-child.ts';
import { Failure } from '../failure.ts';
import type { Tell } from '../report/events.ts';
import type { Site } from '../site/site.ts';
import { printable } from '../text.ts';
import type { BeforeSettings } from './publish-settings.ts';

/** Lines of the command's output that are shown; of the others only their number. */
const MOST_LINES = 200;

export interface BeforeContext {
  readonly site: Site;
  readonly settings: BeforeSettings;
  /** The environment of the command: without our secrets. */
  readonly env: NodeJS.ProcessEnv;
  readonly report: Tell;
}

/**
 * Runs the operator's own command in the app root, before the index is read: its changes of the index are published,
 * too. A dry run only says that it would run it. Without a command, nothing happens.
 *
 * @throws {Failure} `command-failed`; then nothing may be published
 */
export async function runBefore(context: BeforeContext, options: { dryRun: boolean }): Promise<void> {
  const { site, settings, env, report } = context;
  const { command, timeoutMs } = settings;
  if (command.length === 0) return;
  const shown = command.join(' ');
  const verb = options.dryRun ? 'Would run' : 'Running';
  report({ type: 'note', level: 'info', message: `${verb} ${shown} (FLEET_BEFORE)` });
  if (options.dryRun) return;
  let lines = 0;
  const outcome = await runChild({
    command,
    cwd: site.appRoot,
    env: { ...env, RAILS_DB_VOLUME: site.dbDir },
    timeoutMs,
    onLine: (line) => {
      lines += 1;
      if (lines <= MOST_LINES)
        report({ type: 'log', step: 'publish', kind: 'command', name: shown, lines: [line] });
    },
  });
  if (lines > MOST_LINES)
    report({ type: 'note', message: `${shown}: ${lines - MOST_LINES} more lines are not shown` });
  const problem = describeBadEnd(outcome, `${timeoutMs / 1000} s (FLEET_BEFORE_TIMEOUT)`);
  if (problem === null) return;
  // Not cut here: half a secret would not be recognised and scrubbed.
  throw new Failure('command-failed', `${shown} (FLEET_BEFORE) ${printable(problem)}`, {
    hint: 'Nothing was published. Run it by hand in the app root to see why. To publish without it, unset FLEET_BEFORE.',
  });
}
