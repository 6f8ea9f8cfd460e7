import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { childUser } from '../rights/child.ts';
import { asRoot } from '../rights/rights.ts';

/*
 * A program of our own that works on something from outside, in bounds that it cannot leave. What native code does in
 * this process nothing can end: neither a deadline nor a signal that is handled, since both wait for the event loop.
 */

export interface LimitedRequest {
  /** Program and arguments: absolute, since its environment has no PATH. */
  readonly command: readonly string[];
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** What it reads from standard input. */
  readonly input: Buffer;
  /** Milliseconds, at least one. The child has as much time of the processor, should this process die before it. */
  readonly timeoutMs: number;
  /** Bytes that it may have as data. Node itself needs some 600 MiB, most of which it never touches. */
  readonly memoryBytes: number;
}

/** `answered`: it ended well, and `text` is what it wrote. `killed`: by a signal, before its time was up. */
export type LimitedOutcome =
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'failed'; readonly reason: string };

/** Bytes of an answer that are kept. */
const MOST_ANSWER = 64 * 1024;

/**
 * The kernel enforces the limits, so they hold even if no other process is left to do so. Of two processes that have
 * used up all memory, the kernel ends this one.
 */
const LIMITS = `
ulimit -t "$1" && ulimit -c 0 && ulimit -d "$2" || exit 125
echo 1000 2>/dev/null >/proc/self/oom_score_adj
shift 2
exec "$@"
`;

/**
 * Runs a program to its end, or to that of its time, with the application's rights where this process is root.
 *
 * @throws never
 */
export async function runLimited(request: LimitedRequest): Promise<LimitedOutcome> {
  let child: ChildProcess;
  try {
    child = start(request);
  } catch (error) {
    return failed(error);
  }
  begin(child);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, request.timeoutMs);
  const answer: Buffer[] = [];
  let size = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    if (size < MOST_ANSWER) answer.push(chunk);
    size += chunk.length;
  });
  child.stdin?.on('error', () => {}); // it may end without reading all of it
  child.stdin?.end(request.input);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (signal !== null) return late ? { kind: 'timed-out' } : { kind: 'killed', signal };
    if (code !== 0) return { kind: 'failed', reason: `it ended with exit code ${code}` };
    return { kind: 'answered', text: Buffer.concat(answer).toString('utf8') };
  } catch (error) {
    return failed(error);
  } finally {
    clearTimeout(timer);
    end(child);
  }
}

const running = new Set<ChildProcess>();

/** A deadline may end this process while it waits for the child. */
function begin(child: ChildProcess): void {
  if (running.size === 0) process.once('exit', killAll);
  running.add(child);
}

function end(child: ChildProcess): void {
  running.delete(child);
  if (running.size === 0) process.off('exit', killAll);
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

function start({ command, env, timeoutMs, memoryBytes }: LimitedRequest): ChildProcess {
  const seconds = String(Math.ceil(timeoutMs / 1000) + 1);
  const kibibytes = String(Math.ceil(memoryBytes / 1024));
  const child = childUser();
  const user = child.kind === 'account' ? { uid: child.account.uid, gid: child.account.gid } : {};
  // Only root may start a process as another user.
  return asRoot(() =>
    spawn('/bin/sh', ['-c', LIMITS, 'sh', seconds, kibibytes, ...command], {
      cwd: '/',
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...user,
    }),
  );
}

function failed(error: unknown): LimitedOutcome {
  return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
}
