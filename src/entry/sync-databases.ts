import { dirname, resolve } from 'node:path';
import { runSyncDatabases } from '../app/sync.ts';
import { writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';

const executable = resolve(process.argv[1] ?? '.');
const world = { env: process.env, defaultAppRoot: dirname(dirname(executable)), name: 'sync-databases' };
const output = { write: writeAll, terminal: standardTerminal() };

runSyncDatabases(world, process.argv.slice(2), output).then((code) => process.exit(code));
