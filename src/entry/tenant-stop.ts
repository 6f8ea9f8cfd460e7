import { enter } from '../app/enter.ts';
import { runTenantStopHook } from '../app/tenant-stop.ts';
import { writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';
import { worldOf } from './world.ts';

const output = { write: writeAll, terminal: standardTerminal() };

enter(worldOf('tenant-stop'))
  .then((world) => runTenantStopHook(world, process.argv.slice(2), output))
  .then((code) => process.exit(code));
