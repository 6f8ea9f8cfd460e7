import { enter } from '../app/enter.ts';
import { runReadyHook } from '../app/ready/ready-hook.ts';
import { isInspector, runInspector } from '../tenants/inspector.ts';
import { leave } from './leave.ts';
import { streams, writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';
import { worldOf } from './world.ts';

const output = { ...streams, terminal: standardTerminal() };

const run = () => enter(worldOf('ready')).then((world) => runReadyHook(world, process.argv.slice(2), output));

(isInspector() ? runInspector(writeAll) : run()).then(leave);
