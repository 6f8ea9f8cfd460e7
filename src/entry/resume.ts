import { enter } from '../app/enter.ts';
import { runResumeHook } from '../app/machine/resume-hook.ts';
import { leave } from './leave.ts';
import { streams } from './output.ts';
import { worldOf } from './world.ts';

enter(worldOf('resume'))
  .then((world) => runResumeHook(world, process.argv.slice(2), streams))
  .then(leave);
