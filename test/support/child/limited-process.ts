/** A process that gives itself a second. Argument: `blocked` for one that then blocks for ever, `done` for one that ends at once. */
import { writeSync } from 'node:fs';
import { limitTime } from '../../../src/app/time-limit.ts';
import { stopWatching } from '../../../src/app/watcher.ts';

await limitTime('ready', 1000, 'READY_DEADLINE');
writeSync(1, 'limited\n');
if (process.argv[2] === 'blocked') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
await stopWatching();
