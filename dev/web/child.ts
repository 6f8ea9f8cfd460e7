import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** A program that runs beside this one. */
export interface Running {
  readonly child: ChildProcess;
  /** What it said until it was ready, one line each. */
  readonly said: readonly string[];
  /** What it has complained of, once it has ended. */
  readonly complained: Promise<string>;
}

/**
 * Starts a program, and waits for the line on standard output that says it is ready.
 *
 * @throws when it ends before, with what it said
 */
export async function startProgram(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  isReady: (line: string) => boolean,
): Promise<Running> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const complained = text(child.stderr);
  const said: string[] = [];
  const isUp = await new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(false));
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      if (isReady(line)) resolve(true);
    });
  });
  if (isUp) return { child, said, complained };
  throw new Error(`${program} did not begin: ${[...said, await complained].join('\n')}`);
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Sends a signal, unless it has ended already, and waits until it is gone. */
export async function endProgram({ child }: Running, signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
  return { code: child.exitCode, signal: child.signalCode };
}

/**
 * Runs a program to its end, and returns what it said on standard output.
 *
 * @throws when it ends with anything but 0, with what it said
 */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, 'close')) as [number | null];
  const [output = '', errors = ''] = await Promise.all(said);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${output}${errors}`);
  return output;
}
