import { runIdleHook } from '../app/idle.ts';
import { writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';
import { worldOf } from './world.ts';

const world = worldOf('idle');
const output = { write: writeAll, terminal: standardTerminal() };

runIdleHook(world, process.argv.slice(2), output).then((code) => process.exit(code));
