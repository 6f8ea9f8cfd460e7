import { describeBadEnd } from '../../child/bad-end.ts';
import { runChild } from '../../child/run-child.ts';
import { createScrubber, secretsOf } from '../../report/redact.ts';
import { readCommand } from '../../settings.ts';
import { cut } from '../../text.ts';
import type { Deployment } from '../../web/web-context.ts';

const CHECK_MS = 10_000;
const MOST_LINES = 100;
const LONGEST_LINE = 200;

/** How the application is deployed; from the environment. */
export interface DeploySettings {
  /** Says what of the code is not deployed, a line each; nothing where all is. */
  readonly check: readonly string[];
  /** Where it is started: the source of the application; null where nobody has said it. */
  readonly source: string | null;
  /** What deploys it. */
  readonly command: readonly string[];
  /** Whether the settings allow it to run from here. */
  readonly isRunHere: boolean;
}

/**
 * Reads `DEPLOY_CHECK_COMMAND` (`git status --short`), `APP_SOURCE` (none) and `DEPLOY_COMMAND` (`fly deploy`).
 *
 * @throws {Failure} `config-invalid`, naming the variable
 */
export function readDeploySettings(env: NodeJS.ProcessEnv): DeploySettings {
  return {
    check: readCommand(env, 'DEPLOY_CHECK_COMMAND', ['git', 'status', '--short']),
    source: env['APP_SOURCE'] || null,
    command: readCommand(env, 'DEPLOY_COMMAND', ['fly', 'deploy']),
    isRunHere: Boolean(env['DEPLOY_COMMAND']?.trim()) && Boolean(env['APP_SOURCE']),
  };
}

/** Looks whether the code of the application has changed since it was deployed. Never rejects. */
export function deploymentOf(
  settings: DeploySettings,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Deployment {
  const { check, source, command, isRunHere } = settings;
  const scrubber = createScrubber(secretsOf(env));
  return {
    command: command.join(' '),
    isRunHere,
    codeChanges: async () => {
      if (source === null) return { kind: 'unknown', why: 'APP_SOURCE does not say where its source is' };
      const lines: string[] = [];
      const outcome = await runChild({
        command: check,
        cwd: source,
        env,
        signal,
        timeoutMs: CHECK_MS,
        onLine: (line) => {
          if (lines.length < MOST_LINES) lines.push(cut(scrubber.line(line), LONGEST_LINE));
        },
        onError: () => {},
      });
      const bad = describeBadEnd(outcome, `${CHECK_MS / 1000} s`);
      if (bad !== null) return { kind: 'unknown', why: `${check.join(' ')} ${scrubber.line(bad)}` };
      // Files that git does not know are not code of the application.
      const changes = lines.filter((line) => line.trim() !== '' && !line.startsWith('?? '));
      return { kind: 'known', changes };
    },
  };
}
