import { enter } from '../app/enter.ts';
import { runIdleHook } from '../app/idle.ts';
import { writeAll } from './output.ts';
import { standardTerminal } from './terminal.ts';
import { worldOf } from './world.ts';

const output = { write: writeAll, terminal: standardTerminal() };

enter(worldOf('idle'))
  .then((world) => runIdleHook(world, process.argv.slice(2), output))
  .then((code) => process.exit(code));
