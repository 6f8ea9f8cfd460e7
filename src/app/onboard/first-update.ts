import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Failure } from '../../failure.ts';
import { asRoot } from '../../rights/rights.ts';

/** A way to run config-update of this build. */
export interface FirstUpdate {
  /** Path of config-update. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** `fly`, `kamal`, or both with a comma between them. */
  readonly target: string;
}

/**
 * Runs it to its end on this terminal. Ctrl-C reaches it as it reaches us, and it ends in order.
 *
 * @returns its exit code; 1 where a signal ended it
 * @throws {Failure} `command-failed`: it cannot be started
 */
export async function runConfigUpdateHere(
  { program, env, target }: FirstUpdate,
  args: readonly string[],
): Promise<number> {
  if (!existsSync(program)) throw unstartable(program, 'there is none');
  const all = [...args, ...(target === 'fly' ? [] : ['--target', target])];
  // It takes the rights that it needs by itself, as this program has.
  const child = asRoot(() => spawn(program, all, { env, stdio: ['ignore', 'inherit', 'inherit'] }));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? 1;
  } catch (error) {
    throw unstartable(program, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}

function unstartable(program: string, why: string): Failure {
  return new Failure('command-failed', `${program} cannot be started: ${why}`, {
    hint: 'Everything is saved. Build config-update (npm run build), and run it by hand.',
  });
}
