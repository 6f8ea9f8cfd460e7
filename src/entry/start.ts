import { enter } from '../app/enter.ts';
import { runStartHook } from '../app/machine/start-hook.ts';
import { leave } from './leave.ts';
import { streams } from './output.ts';
import { worldOf } from './world.ts';

enter(worldOf('start'))
  .then((world) => runStartHook(world, process.argv.slice(2), streams))
  .then(leave);
