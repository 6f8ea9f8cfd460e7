import { dirname, resolve } from 'node:path';
import { runTenantStopHook } from '../app/tenant-stop.ts';
import { writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';

const executable = resolve(process.argv[1] ?? '.');
const world = { env: process.env, defaultAppRoot: dirname(dirname(executable)), name: 'tenant-stop' };
const output = { write: writeAll, terminal: standardTerminal() };

runTenantStopHook(world, process.argv.slice(2), output).then((code) => process.exit(code));
