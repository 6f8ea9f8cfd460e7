import { enter } from '../app/enter.ts';
import { runShowcaseWeb } from '../app/web/showcase-web-command.ts';
import { leave } from './leave.ts';
import { streams } from './output.ts';
import { worldOf } from './world.ts';

const stop = new AbortController();
// The second time a signal does what it always does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());

enter(worldOf('showcase-web'))
  .then((world) => runShowcaseWeb(world, process.argv.slice(2), streams, stop))
  .then(leave);
