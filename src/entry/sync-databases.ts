import { runSyncDatabases } from '../app/sync.ts';
import { writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';
import { worldOf } from './world.ts';

const world = worldOf('sync-databases');
const output = { write: writeAll, terminal: standardTerminal() };

runSyncDatabases(world, process.argv.slice(2), output).then((code) => process.exit(code));
