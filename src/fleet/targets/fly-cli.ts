import { type ChildProcess, spawn } from 'node:child_process';
import { findProgram, workingDirectory } from '../../child/find.ts';
import { Failure } from '../../failure.ts';
import { parseJson } from '../../json.ts';
import { asRoot } from '../../rights/rights.ts';
import type { Listing } from '../fleet-model.ts';
import type { FlySettings } from '../fleet-settings.ts';
import { notAList, readMachines } from './fly-machines.ts';

/** Milliseconds. It may have to renew its session first. */
const TIMEOUT_MS = 60_000;
/** Bytes of its answer: some kilobytes for each of thousands of machines. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Characters of what it says on standard error, of which the end is the reason. */
const TAIL = 400;

/**
 * Asks flyctl; null where there is none.
 *
 * @throws {Failure} `fleet-unreachable`; `config-invalid` when the one that `FLY_CLI_PATH` names is not there.
 */
export async function listByCli(settings: FlySettings, signal: AbortSignal): Promise<Listing | null> {
  const program = chooseProgram(settings);
  if (program === null) return null;
  const source = 'flyctl';
  const ended = await run(
    program,
    ['machines', 'list', '--json', '--app', settings.app],
    settings.cliEnv,
    signal,
  );
  if (ended.problem !== null || ended.code !== 0) {
    const reason =
      ended.problem ?? `exit code ${ended.code}${ended.errors === '' ? '' : `: ${ended.errors}`}`;
    throw new Failure(
      'fleet-unreachable',
      `${program} does not list the machines of ${settings.app}: ${reason}`,
      {
        hint: `Run "${source} machines list --app ${settings.app}" by hand; log in with "${source} auth login".`,
      },
    );
  }
  const value = parseJson(ended.output);
  if (value === undefined) throw notAList(source, 'it is not JSON');
  // Without any machine flyctl says null in place of an empty list.
  return readMachines(value ?? [], source);
}

function chooseProgram({ cli, cliEnv }: FlySettings): string | null {
  for (const name of cli) {
    const found = findProgram(name, workingDirectory(), cliEnv['PATH']);
    if (found !== null) return found;
  }
  const [only] = cli;
  if (cli.length > 1 || only === undefined) return null;
  throw new Failure('config-invalid', `FLY_CLI_PATH is ${only}, but there is no such program`, {
    hint: 'Set FLY_CLI_PATH to the path of flyctl, or unset it: then the usual places are searched.',
  });
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
  /** Why it has no exit code of its own; null when it has one. */
  readonly problem: string | null;
}

function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve) => {
    const start = () =>
      spawn(program, args, {
        // A group of its own, so that a list that never comes ends with all that it started. It is not put on a leash:
        // it only reads, and the agent that it may leave running is for its next call. It shall not ask anything.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...env, LOG_LEVEL: 'error', FLY_NO_UPDATE_CHECK: '1' },
      });
    // It is the caller's own tool, with the caller's own login.
    const child = asRoot(start);
    const chunks: Buffer[] = [];
    let size = 0;
    let errors = '';
    let problem: string | null = null;
    const stop = (reason: string): void => {
      problem ??= reason;
      endGroup(child);
      finish(null);
    };
    const finish = (code: number | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve({ code, output: Buffer.concat(chunks).toString(), errors: errors.trim(), problem });
    };
    const abort = (): void => stop('it was stopped');
    const timer = setTimeout(() => stop(`no answer within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BYTES) stop('its answer is far too long');
      else chunks.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors = (errors + chunk).slice(-TAIL);
    });
    child.on('error', (error) => stop(`it cannot be started (${(error as NodeJS.ErrnoException).code})`));
    child.on('close', (code, by) => {
      if (by) problem ??= `it was ended by ${by}`;
      finish(code);
    });
  });
}

function endGroup(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
