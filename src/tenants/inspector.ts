import { resolve } from 'node:path';
import { type LimitedOutcome, runLimited } from '../child/limited.ts';

/*
 * How this program checks a database in a process of its own: it starts itself once more, with a variable that says what
 * it is there for and nothing else in its environment. Every executable that works on tenants' databases asks for it first.
 */

const MARKER = 'UPDATE_CONFIG_INSPECT';

/** Tells it from a run of the usual kind, whose compiled code is kept, and says in a list of processes what it is. */
const FLAG = '--inspect-database';

/** Bytes that a check may take beside the image: Node's own, and what an expression of somebody else's makes. */
const MEMORY = 2 ** 30;

/** Whether this process was started to look at a database. */
export function isInspector(): boolean {
  return process.env[MARKER] === '1';
}

/**
 * The work of such a process: reads an image from standard input and writes what SQLite's check found, as one line of JSON.
 *
 * @param write to standard output
 * @returns its exit code
 */
export async function runInspector(write: (text: string) => void): Promise<number> {
  const { inspect } = await import('./inspect.ts');
  const size = Number(process.argv.at(-1));
  write(`${JSON.stringify({ found: inspect(size) })}\n`);
  return 0;
}

/** @returns `answered` with what SQLite's check found: `ok`, or what is wrong */
export async function startInspector(image: Buffer, timeoutMs: number): Promise<LimitedOutcome> {
  const outcome = await runLimited({
    command: [process.execPath, resolve(process.argv[1] ?? ''), FLAG, String(image.length)],
    env: { [MARKER]: '1' },
    input: image,
    timeoutMs,
    memoryBytes: MEMORY + 3 * image.length,
  });
  if (outcome.kind !== 'answered') return outcome;
  try {
    const { found } = JSON.parse(outcome.text) as { found?: unknown };
    if (typeof found === 'string') return { kind: 'answered', text: found };
  } catch {
    // It has said something else, or nothing.
  }
  return { kind: 'failed', reason: 'it gave no answer' };
}
