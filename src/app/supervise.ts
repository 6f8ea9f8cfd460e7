import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { asRoot } from '../rights/rights.ts';

/** Says to the process that it is the one that is watched. */
const MARK = 'UPDATE_CONFIG_SUPERVISED';

/** Whether this process is one that another one of the same executable watches. */
export function isSupervised(env: NodeJS.ProcessEnv): boolean {
  return env[MARK] === '1';
}

/**
 * Runs this executable once more, in a process that can be ended whatever it waits for: a file that others have made a
 * pipe blocks all of a process, its timers included.
 *
 * @returns its exit code; null when the time was up, or it was ended by a signal
 */
export async function runSupervised(env: NodeJS.ProcessEnv, limitMs: number): Promise<number | null> {
  // With all the rights that this one was started with: it takes its own.
  const child = asRoot(() =>
    spawn(process.execPath, process.argv.slice(1), {
      env: { ...env, [MARK]: '1' },
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  } finally {
    clearTimeout(timer);
  }
}
