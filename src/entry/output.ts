import { writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/** Nobody ever wakes a wait on it, so that a wait is a sleep. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Writes all of a text to standard output before it returns, so that the process may end at once. */
export function writeAll(text: string): void {
  writeTo(STANDARD_OUTPUT, text);
}

/** The same to standard error. */
export function complain(text: string): void {
  writeTo(STANDARD_ERROR, text);
}

function writeTo(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') {
        Atomics.wait(NEVER, 0, 0, 5); // a pipe that its reader has not emptied yet
        continue;
      }
      if (code === 'EPIPE' || code === 'EIO') return; // the reader is gone: a closed pipe, a terminal
      throw error;
    }
  }
}

/** What is told, and what went wrong. */
export const streams = { write: writeAll, complain };
