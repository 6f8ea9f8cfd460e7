import { isatty } from 'node:tty';
import { enter } from '../app/enter.ts';
import { runConfigUpdate } from '../app/fleet/fleet-command.ts';
import { withPresentNames } from '../app/fleet/old-names.ts';
import { stopOnSignals } from '../app/fleet/stop-signals.ts';
import { leave } from './leave.ts';
import { streams, writeAll } from './output.ts';
import { terminalColumns } from './terminal.ts';
import { worldOf } from './world.ts';

const screen = {
  write: writeAll,
  size: () => ({ columns: process.stdout.columns, rows: process.stdout.rows }),
  color: !process.env['NO_COLOR'],
};
// A dumb terminal cannot move its cursor: it gets the lines of a pipe. Only a terminal is touched as a stream, since Node
// would make a pipe one that does not block, also for those who write to it after us.
const live = isatty(1) && process.env['TERM'] !== 'dumb';
const console = { ...streams, columns: terminalColumns, screen: live ? screen : null, stop: stopOnSignals() };

enter(withPresentNames(worldOf('config-update')))
  .then((world) => runConfigUpdate(world, process.argv.slice(2), console))
  .then(leave);
