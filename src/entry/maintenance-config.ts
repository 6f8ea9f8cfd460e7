import { writeMaintenanceConfig } from '../app/maintenance.ts';
import { writeAll } from './output.ts';
import { worldOf } from './world.ts';

const world = worldOf('maintenance-config');

writeMaintenanceConfig(world, process.argv.slice(2), writeAll).then((code) => process.exit(code));
