import { dirname, resolve } from 'node:path';
import { runStartHook } from '../app/start.ts';
import { writeAll } from './output.ts';

const executable = resolve(process.argv[1] ?? '.');
const world = { env: process.env, defaultAppRoot: dirname(dirname(executable)), name: 'start' };

runStartHook(world, process.argv.slice(2), writeAll).then((code) => process.exit(code));
