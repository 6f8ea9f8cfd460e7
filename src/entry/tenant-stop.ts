import { runTenantStopHook } from '../app/tenant-stop.ts';
import { writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';
import { worldOf } from './world.ts';

const world = worldOf('tenant-stop');
const output = { write: writeAll, terminal: standardTerminal() };

runTenantStopHook(world, process.argv.slice(2), output).then((code) => process.exit(code));
