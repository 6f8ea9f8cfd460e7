import { readCommand, readSeconds, readWholeNumber } from '../settings.ts';

/** Who renders the pages: `auto` is the application's own program where it has one, else the built-in renderer. */
type Prerender = 'auto' | 'builtin' | 'off' | { readonly command: readonly string[] };

export interface ReadySettings {
  readonly prerender: Prerender;
  /** Milliseconds that a program of the application's may take. */
  readonly prerenderTimeoutMs: number;
  /** Milliseconds for all of it. */
  readonly deadlineMs: number;
  /** Milliseconds before an update that is owed is tried again for the first time. */
  readonly retryMs: number;
}

/**
 * Reads `READY_PRERENDER` (`auto`, `builtin`, `off`, or a command), `READY_PRERENDER_TIMEOUT` (seconds, 480) and
 * `READY_DEADLINE` (seconds, 570: less than the ten minutes after which Navigator kills the hook) and `READY_RETRY`
 * (seconds, 5). An empty variable counts as unset.
 *
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readReadySettings(env: NodeJS.ProcessEnv): ReadySettings {
  const command = readCommand(env, 'READY_PRERENDER', ['auto']);
  const [word] = command;
  const known = command.length === 1 && (word === 'auto' || word === 'builtin' || word === 'off');
  return {
    prerender: known ? word : { command },
    prerenderTimeoutMs: readWholeNumber(env, 'READY_PRERENDER_TIMEOUT', 480, 1, 86_400) * 1000,
    deadlineMs: readSeconds(env, 'READY_DEADLINE', 570),
    retryMs: readSeconds(env, 'READY_RETRY', 5),
  };
}
