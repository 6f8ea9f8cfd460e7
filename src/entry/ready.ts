import { enter } from '../app/enter.ts';
import { runReadyHook } from '../app/ready.ts';
import { isInspector, runInspector } from '../tenants/inspector.ts';
import { writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';
import { worldOf } from './world.ts';

// Leaving at once: sockets that are kept alive for a next request would hold the process, and there is none.
const output = { write: writeAll, terminal: standardTerminal() };

const run = () => enter(worldOf('ready')).then((world) => runReadyHook(world, process.argv.slice(2), output));

(isInspector() ? runInspector(writeAll) : run()).then((code) => process.exit(code));
