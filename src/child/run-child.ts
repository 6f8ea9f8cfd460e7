import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { type ChildUser, childUser } from '../rights/child.ts';
import { environmentAs, withoutSecrets } from './child-environment.ts';
import { findProgram } from './find.ts';
import { type Leashed, spawnLeashed } from './leash.ts';
import { Lines, MAX_LINE_BYTES, TAIL_LINES } from './line-reader.ts';

export interface ChildRequest {
  /** Program and arguments; no shell looks at them. Anybody on the machine can read them: never a secret. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** The environment for the child: it does not get our own variables, such as secrets, unless it `isOwnProgram`. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * Whether it is an executable of this project. It gets the whole environment, and is started as this process was: where
   * that was root, it takes the application's rights by itself.
   */
  readonly isOwnProgram?: boolean;
  /** Kills the child when it is aborted; the outcome is then `killed`. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the child is killed. */
  readonly timeoutMs: number;
  /** Told each line of output and errors as it comes, without its end; must not throw. Text from outside: to be scrubbed. */
  readonly onLine?: (line: string) => void;
  /**
   * Called with each line of errors; then `onLine` gets only the output, and the tail is that of the errors. For
   * programs whose output other programs read.
   */
  readonly onError?: (line: string) => void;
  /** Bytes of a line that `onLine` gets; the rest of the line is dropped. 2,000 by default. */
  readonly maxLineBytes?: number;
  /** The shell that guards the child, as a command. */
  readonly shell?: readonly string[];
}

/** How a child ended. `tail` is the end of its output: the last lines, of which long ones are cut. */
export type ChildOutcome =
  | { readonly kind: 'exited'; readonly code: number; readonly tail: readonly string[] }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals; readonly tail: readonly string[] }
  | { readonly kind: 'timed-out'; readonly tail: readonly string[] }
  | { readonly kind: 'not-started'; readonly reason: string };

const SHELL = ['/bin/sh'];

const NO_ACCOUNT =
  "it is the application's, this runs as root, and no account of the application is known here (create the one that navigator.yml names, or set APP_USER)";

/** Milliseconds to read the rest of the pipe after every process that could write to it has been killed. */
const DRAIN_MS = 2000;

/**
 * Runs a program of the application's to its end, with the application's rights for good, and with /dev/null as its
 * standard input; or an executable of ours. It is a group of processes of its own; it and all
 * its descendants, daemons too, are dead when this resolves, and they die with this process, even by SIGKILL.
 *
 * A script whose interpreter is missing counts as `exited` with 127: that is how the shell before it reports it.
 *
 * @throws never for anything that a command does
 */
export async function runChild(request: ChildRequest): Promise<ChildOutcome> {
  const { cwd, timeoutMs, shell = SHELL } = request;
  const [name = '', ...args] = request.command;
  const user: ChildUser = request.isOwnProgram ? { kind: 'same' } : childUser();
  const obstacle = user.kind === 'none' ? NO_ACCOUNT : obstacleTo(request.command, cwd);
  if (obstacle !== null) return { kind: 'not-started', reason: obstacle };
  const account = user.kind === 'account' ? user.account : null;
  const given = request.isOwnProgram ? request.env : withoutSecrets(request.env);
  const env = account ? environmentAs(given, account) : given;
  const program = findProgram(name, cwd, env['PATH']);
  if (program === null)
    return { kind: 'not-started', reason: `${name || 'the empty name'} is not a program` };
  let leashed: Leashed;
  try {
    leashed = spawnLeashed([program, ...args], {
      cwd,
      env,
      account,
      shell,
      isApart: request.onError !== undefined,
    });
  } catch (error) {
    return notStarted(error); // such as arguments that are too long
  }
  const { child } = leashed;
  child.on('error', () => {}); // handled below, as long as there is a listener
  const said = listen(child, request);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    leashed.kill();
  }, timeoutMs);
  const stop = (): void => leashed.kill();
  request.signal?.addEventListener('abort', stop);
  if (request.signal?.aborted) stop();
  try {
    const [code, killer] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const drained = drain(child);
    await Promise.all([leashed.release(), drained]);
    const tail = said();
    if (killer === null) return { kind: 'exited', code: code ?? 0, tail };
    return late ? { kind: 'timed-out', tail } : { kind: 'killed', signal: killer, tail };
  } catch (error) {
    await leashed.release();
    return notStarted(error);
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', stop);
  }
}

/** Why no command can be started like this, whatever its program; null for none. */
function obstacleTo(command: readonly string[], cwd: string): string | null {
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return `there is no directory ${cwd}`;
  return command.some((word) => word.includes('\0')) ? 'the command holds a NUL' : null;
}

function notStarted(error: unknown): ChildOutcome {
  return { kind: 'not-started', reason: error instanceof Error ? error.message : String(error) };
}

/** @returns what ends it, and gives the last lines */
function listen(
  { stdout, stderr }: ChildProcess,
  { onLine, onError, maxLineBytes: maxBytes = MAX_LINE_BYTES }: ChildRequest,
): () => readonly string[] {
  const output = new Lines(onLine, { maxBytes, tailLines: onError ? 0 : TAIL_LINES });
  stdout?.on('data', (chunk: Buffer) => output.add(chunk));
  const errors = onError ? new Lines(onError) : null;
  stderr?.on('data', (chunk: Buffer) => errors?.add(chunk));
  return () => {
    output.end();
    errors?.end();
    return (errors ?? output).tail;
  };
}

/** Resolves when all output has been read, or if a process that could not be killed keeps the pipe open. */
async function drain({ stdout, stderr }: ChildProcess): Promise<void> {
  await Promise.all([stdout, stderr].map((pipe) => (pipe && !pipe.closed ? drainPipe(pipe) : undefined)));
}

async function drainPipe(pipe: Readable): Promise<void> {
  const giveUp = new AbortController();
  const closed = once(pipe, 'close').finally(() => giveUp.abort());
  await Promise.race([closed, abandon(pipe, giveUp.signal)]);
}

async function abandon(pipe: Readable, signal: AbortSignal): Promise<void> {
  try {
    await wait(DRAIN_MS, undefined, { signal });
    pipe.destroy();
  } catch {
    // All of it was read.
  }
}
