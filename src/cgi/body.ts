import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** What can be told of standard input at once. */
type Glance = 'empty' | 'data' | 'undecided';

/** The parts of standard input that are looked at; tests hand in others. */
export interface Input {
  /** File descriptor, 0 in a CGI process. */
  readonly fd: number;
  /** The stream on it; only asked for when a look at the descriptor decides nothing. */
  readonly stream: () => Readable;
}

export const standardInput: Input = { fd: 0, stream: () => process.stdin };

/**
 * Whether at least one byte of a body stands, or will arrive, in standard input. Reads at most one chunk.
 *
 * Most servers close standard input after the body, so the answer is there at once; a server that leaves it open costs
 * `patienceMs`, after which the answer is `silent`.
 */
export async function lookForBody(input: Input, patienceMs: number): Promise<'body' | 'none' | 'silent'> {
  const glance = glanceAt(input.fd);
  if (glance !== 'undecided') return glance === 'data' ? 'body' : 'none';
  return await firstOf(input.stream(), patienceMs);
}

/**
 * A pipe is opened a second time, without blocking, so that looking costs microseconds and no stream is loaded. Where
 * that is not allowed (a socket, or a pipe of another user) nothing is decided.
 */
function glanceAt(fd: number): Glance {
  let again: number | undefined;
  try {
    const stat = fstatSync(fd);
    if (stat.isFile()) return stat.size > 0 ? 'data' : 'empty';
    if (stat.isCharacterDevice()) return 'empty'; // /dev/null or a terminal: no server's body
    if (!stat.isFIFO()) return 'undecided';
    again = openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
    return readSync(again, Buffer.alloc(1)) > 0 ? 'data' : 'empty';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EBADF' ? 'empty' : 'undecided';
  } finally {
    if (again !== undefined) closeSync(again);
  }
}

/** The first of: a chunk, the end (or a broken stream), the end of patience. Leaves nothing that keeps Node running. */
function firstOf(stream: Readable, patienceMs: number): Promise<'body' | 'none' | 'silent'> {
  return new Promise((resolve) => {
    const settle = (answer: 'body' | 'none' | 'silent'): void => {
      clearTimeout(timer);
      stream.removeAllListeners('data').removeAllListeners('end');
      // A late error of the stream (a reset socket) is nobody's business any more, but would end the process unheard.
      stream.removeAllListeners('error').on('error', () => {});
      stream.pause();
      stream.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle('silent'), patienceMs);
    stream.on('data', (chunk: Buffer | string) => {
      if (chunk.length > 0) settle('body');
    });
    stream.on('end', () => settle('none'));
    stream.on('error', () => settle('none'));
  });
}
