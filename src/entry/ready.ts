import { dirname, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { runReadyHook } from '../app/ready.ts';
import { writeAll } from './output.ts';

const executable = resolve(process.argv[1] ?? '.');
const world = { env: process.env, defaultAppRoot: dirname(dirname(executable)), name: 'ready' };

const STANDARD_OUTPUT = 1;
const watched = isatty(STANDARD_OUTPUT) && process.env['TERM'] !== 'dumb';
// A terminal that does not know its own width says 0.
const columns = (): number => process.stdout.getWindowSize()[0] || 80;
const terminal = watched ? { write: writeAll, columns } : null;

// Leaving at once: sockets that are kept alive for a next request would hold the process, and there is none.
runReadyHook(world, process.argv.slice(2), { write: writeAll, terminal }).then((code) => process.exit(code));
