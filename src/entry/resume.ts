import { runResumeHook } from '../app/resume.ts';
import { writeAll } from './output.ts';
import { worldOf } from './world.ts';

const world = worldOf('resume');

// Leaving at once: sockets that are kept alive for a next request would hold the process, and there is none.
runResumeHook(world, process.argv.slice(2), writeAll).then((code) => process.exit(code));
