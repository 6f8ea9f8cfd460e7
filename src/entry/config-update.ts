import { dirname, resolve } from 'node:path';
import { runConfigUpdate } from '../app/config-update.ts';
import { stopOnSignals } from '../app/stop.ts';
import { writeAll } from './output.ts';

const executable = resolve(process.argv[1] ?? '.');
const world = { env: process.env, defaultAppRoot: dirname(dirname(executable)), name: 'config-update' };

const { stdout } = process;
const screen = {
  write: writeAll,
  size: () => ({ columns: stdout.columns, rows: stdout.rows }),
  color: !process.env['NO_COLOR'],
};
// A dumb terminal cannot move its cursor: it gets the lines of a pipe.
const live = stdout.isTTY && process.env['TERM'] !== 'dumb';
const console = { write: writeAll, screen: live ? screen : null, stop: stopOnSignals() };

runConfigUpdate(world, process.argv.slice(2), console).then((code) => process.exit(code));
