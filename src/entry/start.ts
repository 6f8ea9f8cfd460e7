import { runStartHook } from '../app/start.ts';
import { writeAll } from './output.ts';
import { worldOf } from './world.ts';

const world = worldOf('start');

runStartHook(world, process.argv.slice(2), writeAll).then((code) => process.exit(code));
