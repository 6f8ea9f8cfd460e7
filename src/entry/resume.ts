import { enter } from '../app/enter.ts';
import { runResumeHook } from '../app/resume.ts';
import { writeAll } from './output.ts';
import { worldOf } from './world.ts';

// Leaving at once: sockets that are kept alive for a next request would hold the process, and there is none.
enter(worldOf('resume'))
  .then((world) => runResumeHook(world, process.argv.slice(2), writeAll))
  .then((code) => process.exit(code));
