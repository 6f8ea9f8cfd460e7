import { Worker } from 'node:worker_threads';

/** Writes why, then ends the whole process: nothing less ends one that is blocked in a system call. */
const CODE = `
  const { writeSync } = require('node:fs');
  const { workerData: { limitMs, message } } = require('node:worker_threads');
  setTimeout(() => {
    try { writeSync(1, message); } catch {}
    process.kill(process.pid, 'SIGKILL');
  }, limitMs);
`;

/** MiB; it does nothing but wait. */
const SMALL = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, codeRangeSizeMb: 8 };

/**
 * Ends this process after so long, also while it is blocked, from a thread that does nothing else. Hooks need it: others
 * can make a file a pipe that is waited for, and Navigator's own limit is minutes.
 *
 * @param setting the variable that the limit comes from
 */
export function limitTime(name: string, limitMs: number, setting: string): void {
  const message = `${name} was ended after ${limitMs / 1000} s (${setting}): look for what it waited for, such as a pipe instead of a file\n`;
  const worker = new Worker(CODE, {
    eval: true,
    workerData: { limitMs, message },
    resourceLimits: SMALL,
    env: {},
  });
  worker.on('error', () => {}); // without it the caller's own limit is left
  worker.unref();
}
