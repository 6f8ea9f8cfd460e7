import { join } from 'node:path';
import { isatty } from 'node:tty';
import { withPresentNames } from '../app/fleet/old-names.ts';
import { stopOnSignals } from '../app/fleet/stop-signals.ts';
import { runOnboard } from '../app/onboard/onboard-command.ts';
import { leave } from './leave.ts';
import { streams } from './output.ts';
import { terminalColumns } from './terminal.ts';
import { worldOf } from './world.ts';

const world = withPresentNames(worldOf('onboard'));
const stop = stopOnSignals();
const isAsked = isatty(0) && isatty(1) && process.env['TERM'] !== 'dumb' && !process.env['CI'];
// Input that ends (a terminal that is gone, Ctrl-D) leaves nothing to wait for.
process.once('beforeExit', stop.interrupt);

const console = {
  ...streams,
  input: isAsked ? process.stdin : null,
  columns: terminalColumns,
  isTerminal: isatty(1),
  stop,
  configUpdate: join(world.defaultAppRoot, 'scripts/config-update'),
};
runOnboard(world, process.argv.slice(2), console).then(leave);
