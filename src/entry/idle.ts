import { dirname, resolve } from 'node:path';
import { runIdleHook } from '../app/idle.ts';
import { writeAll } from './output.ts';

const executable = resolve(process.argv[1] ?? '.');
const world = { env: process.env, defaultAppRoot: dirname(dirname(executable)), name: 'idle' };

runIdleHook(world, process.argv.slice(2), writeAll).then((code) => process.exit(code));
