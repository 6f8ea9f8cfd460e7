import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { childUser } from '../rights/child.ts';
import { environmentAs, withoutOurs } from './child-environment.ts';
import { findProgram } from './find.ts';
import { type Leashed, spawnLeashed } from './leash.ts';
import { Lines } from './line-reader.ts';

export interface ChildRequest {
  /** Program and arguments; no shell looks at them. Anybody on the machine can read them: never a secret. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** What the child gets of it: what is ours, such as secrets, it does not get. */
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds after which the child is killed. */
  readonly timeoutMs: number;
  /** Told each line of output and errors as it comes, without its end; must not throw. Text from outside: to be scrubbed. */
  readonly onLine?: (line: string) => void;
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

/** Milliseconds for what is still in the pipe when everybody who could write to it has been killed. */
const DRAIN_MS = 2000;

/**
 * Runs a program of the application's to its end, with the application's rights for good, and with /dev/null as its
 * standard input. It is a group of processes of its own; it and all
 * its descendants, daemons too, are dead when this resolves, and they die with this process, even by SIGKILL.
 *
 * A script whose interpreter is missing counts as `exited` with 127: that is how the shell before it reports it.
 *
 * @throws never for anything that a command does
 */
export async function runChild(request: ChildRequest): Promise<ChildOutcome> {
  const { cwd, timeoutMs } = request;
  const [name = '', ...args] = request.command;
  const user = childUser();
  const obstacle = user.kind === 'none' ? NO_ACCOUNT : obstacleTo(request.command, cwd);
  if (obstacle !== null) return { kind: 'not-started', reason: obstacle };
  const account = user.kind === 'account' ? user.account : null;
  const given = withoutOurs(request.env);
  const env = account ? environmentAs(given, account) : given;
  const program = findProgram(name, cwd, env['PATH']);
  if (program === null)
    return { kind: 'not-started', reason: `${name || 'the empty name'} is not a program` };
  let leashed: Leashed;
  try {
    leashed = spawnLeashed([program, ...args], { cwd, env, account, shell: request.shell ?? SHELL });
  } catch (error) {
    return notStarted(error); // such as arguments that are too long
  }
  const { child } = leashed;
  child.on('error', () => {}); // heard below, as long as somebody listens there
  const lines = new Lines(request.onLine);
  child.stdout?.on('data', (chunk: Buffer) => lines.add(chunk));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    leashed.kill();
  }, timeoutMs);
  try {
    const [code, killer] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const drained = drain(child);
    await Promise.all([leashed.release(), drained]);
    lines.end();
    const { tail } = lines;
    if (killer === null) return { kind: 'exited', code: code ?? 0, tail };
    return late ? { kind: 'timed-out', tail } : { kind: 'killed', signal: killer, tail };
  } catch (error) {
    await leashed.release();
    return notStarted(error);
  } finally {
    clearTimeout(timer);
  }
}

/** What keeps a command from being started, whatever program it names; null for nothing. */
function obstacleTo(command: readonly string[], cwd: string): string | null {
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return `there is no directory ${cwd}`;
  return command.some((word) => word.includes('\0')) ? 'the command holds a NUL' : null;
}

function notStarted(error: unknown): ChildOutcome {
  return { kind: 'not-started', reason: error instanceof Error ? error.message : String(error) };
}

/** Resolves when all output has been read, or when somebody who could not be killed holds the pipe open. */
async function drain({ stdout }: ChildProcess): Promise<void> {
  if (!stdout || stdout.closed) return;
  const giveUp = new AbortController();
  const closed = once(stdout, 'close').finally(() => giveUp.abort());
  await Promise.race([closed, abandon(stdout, giveUp.signal)]);
}

async function abandon(stdout: Readable, signal: AbortSignal): Promise<void> {
  try {
    await wait(DRAIN_MS, undefined, { signal });
    stdout.destroy();
  } catch {
    // All of it was read.
  }
}
