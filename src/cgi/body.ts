import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { Readable } from 'node:stream';
import { asRoot } from '../rights/rights.ts';

/** What can be seen of standard input at once. */
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
 * Whether standard input has, or will get, at least one byte of a body. Reads at most one chunk.
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
  const stat = statOf(fd);
  if (!stat) return 'empty'; // closed
  let again: number | undefined;
  try {
    if (stat.isFile()) return stat.size > 0 ? 'data' : 'empty';
    if (stat.isCharacterDevice()) return 'empty'; // /dev/null or a terminal: no server's body
    if (!stat.isFIFO()) return 'undecided';
    // It is the server's, which may be root.
    const path = `/proc/self/fd/${fd}`;
    again = asRoot(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    return readSync(again, Buffer.alloc(1)) > 0 ? 'data' : 'empty';
  } catch {
    return 'undecided';
  } finally {
    if (again !== undefined) closeSync(again);
  }
}

function statOf(fd: number): Stats | null {
  try {
    return fstatSync(fd);
  } catch {
    return null;
  }
}

/** What became of a body that was to be read. */
export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** It has more bytes than are taken; the rest was not read. */
  | { readonly kind: 'too-large' }
  /** It ended, or broke off, after so many bytes of those that were announced. */
  | { readonly kind: 'cut-short'; readonly got: number }
  | { readonly kind: 'too-slow'; readonly got: number };

/**
 * Reads a body: as many bytes as were announced, else all until the end.
 *
 * @param limits `length` null where none was announced; `timeMs` for the whole of it
 */
export function readBody(
  input: Input,
  { length, maxBytes, timeMs }: { length: number | null; maxBytes: number; timeMs: number },
): Promise<Body> {
  if (length !== null && length > maxBytes) return Promise.resolve({ kind: 'too-large' });
  if (length === 0) return Promise.resolve({ kind: 'whole', bytes: Buffer.alloc(0) });
  const stream = input.stream();
  stream.on('error', () => {}); // a late one would end the process unheard
  return new Promise((resolve) => {
    // With an announced length, missing bytes take no memory, and received ones take it once.
    const whole = length === null ? null : Buffer.allocUnsafeSlow(length);
    const chunks: Buffer[] = [];
    let got = 0;
    const finish = (body: Body): void => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('error', onEnd).off('close', onEnd).pause();
      resolve(body);
    };
    const onData = (chunk: Buffer): void => {
      if (whole) chunk.copy(whole, got);
      else chunks.push(chunk);
      got += chunk.length;
      if (whole && got >= whole.length) finish({ kind: 'whole', bytes: whole });
      else if (got > maxBytes) finish({ kind: 'too-large' });
    };
    const onEnd = (): void =>
      finish(length === null ? { kind: 'whole', bytes: Buffer.concat(chunks) } : { kind: 'cut-short', got });
    const timer = setTimeout(() => finish({ kind: 'too-slow', got }), timeMs);
    stream.on('data', onData).on('end', onEnd).on('error', onEnd).on('close', onEnd).resume();
    if (stream.readableEnded || stream.destroyed) onEnd();
  });
}

/** Leaves standard input be, so that it keeps nothing running. */
export function leaveBody(input: Input): void {
  abandon(input.stream());
}

/**
 * Reads what is left of a body and throws it away, for so long at most. Apache's mod_cgid hands standard input and
 * output on as one socket; to leave it with bytes unread is to reset it, and the answer would never arrive.
 */
export async function discardBody(input: Input, patienceMs: number): Promise<void> {
  const stat = statOf(input.fd);
  if (stat?.isFIFO() || stat?.isSocket()) await untilEnd(input.stream(), patienceMs);
}

/** The first of: a chunk, the end (or a broken stream), the end of patience. */
function firstOf(stream: Readable, patienceMs: number): Promise<'body' | 'none' | 'silent'> {
  return new Promise((resolve) => {
    const finish = (answer: 'body' | 'none' | 'silent'): void => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('error', onEnd).pause();
      if (answer === 'silent') abandon(stream);
      resolve(answer);
    };
    const onData = (chunk: Buffer | string): void => {
      if (chunk.length > 0) finish('body');
    };
    const onEnd = (): void => finish('none');
    const timer = setTimeout(() => finish('silent'), patienceMs);
    stream.on('data', onData).on('end', onEnd).on('error', onEnd);
  });
}

function untilEnd(stream: Readable, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      abandon(stream);
      resolve();
    };
    const timer = setTimeout(finish, patienceMs);
    stream.on('end', finish).on('error', finish).on('close', finish).resume();
    if (stream.readableEnded || stream.destroyed) finish();
  });
}

/** Leaves a stream so that it keeps nothing running; a late error of it would end the process unheard. */
function abandon(stream: Readable): void {
  stream.on('error', () => {});
  stream.destroy();
}
