/** `node limited-process.ts SECONDS WHAT`: gives itself so long; `blocked` then blocks for ever, `done` ends at once. */
import { writeSync } from 'node:fs';
import { limitTime } from '../../../src/app/time-limit.ts';
import { stopWatching } from '../../../src/app/watcher.ts';

const [seconds, what] = process.argv.slice(2);
await limitTime({ name: 'ready' }, Number(seconds) * 1000, 'READY_DEADLINE');
writeSync(1, 'limited\n');
if (what === 'blocked') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
await stopWatching();
