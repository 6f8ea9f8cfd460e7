import { runSyncDatabases } from '../app/databases/sync-command.ts';
import { enter } from '../app/enter.ts';
import { isInspector, runInspector } from '../tenants/inspector.ts';
import { leave } from './leave.ts';
import { streams, writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';
import { worldOf } from './world.ts';

const output = { ...streams, terminal: standardTerminal() };

const run = () =>
  enter(worldOf('sync-databases')).then((world) => runSyncDatabases(world, process.argv.slice(2), output));

(isInspector() ? runInspector(writeAll) : run()).then(leave);
