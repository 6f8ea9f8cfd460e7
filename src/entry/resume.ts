import { dirname, resolve } from 'node:path';
import { runResumeHook } from '../app/resume.ts';
import { writeAll } from './output.ts';

const executable = resolve(process.argv[1] ?? '.');
const world = { env: process.env, defaultAppRoot: dirname(dirname(executable)), name: 'resume' };

// Leaving at once: sockets that are kept alive for a next request would hold the process, and there is none.
runResumeHook(world, process.argv.slice(2), writeAll).then((code) => process.exit(code));
