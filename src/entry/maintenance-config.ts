import { enter } from '../app/enter.ts';
import { writeMaintenanceConfig } from '../app/machine/maintenance.ts';
import { leave } from './leave.ts';
import { streams } from './output.ts';
import { worldOf } from './world.ts';

enter(worldOf('maintenance-config'))
  .then((world) => writeMaintenanceConfig(world, process.argv.slice(2), streams))
  .then(leave);
