import { runFleetSim } from '../app/rehearsal/rehearsal-command.ts';
import { leave } from './leave.ts';
import { streams } from './output.ts';

const end = new AbortController();
// The second time a signal does what it always does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end.abort());

runFleetSim(process.env, process.argv.slice(2), streams, end.signal).then(leave);
