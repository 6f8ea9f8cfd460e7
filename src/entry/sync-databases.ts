import { enter } from '../app/enter.ts';
import { runSyncDatabases } from '../app/sync.ts';
import { writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';
import { worldOf } from './world.ts';

const output = { write: writeAll, terminal: standardTerminal() };

enter(worldOf('sync-databases'))
  .then((world) => runSyncDatabases(world, process.argv.slice(2), output))
  .then((code) => process.exit(code));
