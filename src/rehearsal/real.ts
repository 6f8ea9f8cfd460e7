import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SimMachine } from './machines.ts';
import { runCgi } from './played-navigator.ts';
import type { Answerer } from './sim-event.ts';

export interface RealOptions {
  readonly app: string;
  /** The built update_config. */
  readonly script: string;
  /** Below it each machine has `<id>/rails` for an app root, and `<id>/db`. */
  readonly home: string;
  /** The variables that all of them get: PATH and those of the object store. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds until Navigator kills an executable. */
  readonly timeoutMs: number;
}

/** Machines that run the real CGI, each in its own directories, as Navigator runs it. */
export function realAnswers(options: RealOptions): Answerer {
  const { script, timeoutMs } = options;
  return async (machine, request, signal) => {
    const env = machineEnvironment(machine, options);
    for (const name of ['APP_ROOT', 'RAILS_DB_VOLUME'] as const) {
      mkdirSync(env[name] ?? '', { recursive: true });
    }
    const headers: Record<string, string> = {};
    const chunks: Buffer[] = [];
    let status: number | null = null;
    const sink = {
      setHeader: (name: string, value: string) => {
        headers[name.toLowerCase()] = value;
      },
      writeHead: (code: number) => {
        status = code;
      },
      write: (chunk: Buffer) => chunks.push(chunk),
    };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const end = await runCgi(request, sink, { script, env, signal: limit });
    if (signal.aborted || (end.signal !== null && chunks.length === 0)) return null;
    // The length of the bytes that are sent, which may be damaged on purpose on the way.
    delete headers['content-length'];
    return { status: status ?? 200, headers, body: Buffer.concat(chunks) };
  };
}

/** What Navigator has in its environment on that machine. */
function machineEnvironment(
  machine: SimMachine,
  { app, home, env }: Pick<RealOptions, 'app' | 'home' | 'env'>,
): Record<string, string> {
  return {
    ...env,
    APP_ROOT: join(home, machine.id, 'rails'),
    RAILS_DB_VOLUME: join(home, machine.id, 'db'),
    FLY_APP_NAME: app,
    FLY_REGION: machine.region,
    FLY_MACHINE_ID: machine.id,
    FLY_PROCESS_GROUP: machine.group,
  };
}

/**
 * Runs the resume hook of a machine to its end.
 *
 * @returns how it ended, in words
 */
export async function runResume(
  machine: SimMachine,
  script: string,
  options: RealOptions,
  signal: AbortSignal,
): Promise<string> {
  const env = machineEnvironment(machine, options);
  for (const path of [env['APP_ROOT'], env['RAILS_DB_VOLUME']]) mkdirSync(path ?? '', { recursive: true });
  const child = spawn(script, [], { cwd: env['APP_ROOT'], env, stdio: 'ignore' });
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  try {
    const [code, killed] = await once(child, 'close');
    return code === null ? `the resume hook was ended by ${killed}` : `the resume hook ended with ${code}`;
  } catch (error) {
    return `the resume hook could not be started: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}
