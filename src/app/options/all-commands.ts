import { IDLE } from '../databases/idle-options.ts';
import { SYNC } from '../databases/sync-options.ts';
import { TENANT_STOP } from '../databases/tenant-stop-options.ts';
import { CONFIG_UPDATE } from '../fleet/config-update-options.ts';
import { MAINTENANCE } from '../machine/maintenance-options.ts';
import { RESUME } from '../machine/resume-options.ts';
import { START } from '../machine/start-options.ts';
import { UPDATE } from '../machine/update-options.ts';
import { ONBOARD } from '../onboard/onboard-options.ts';
import { READY } from '../ready/ready-options.ts';
import { FLEET_SIM } from '../rehearsal/fleet-sim-options.ts';
import { SHOWCASE_WEB } from '../web/showcase-web-options.ts';
import type { Command } from './command.ts';

/** Every executable, in the order in which a reader meets them. */
export const COMMANDS: readonly Command<unknown>[] = [
  CONFIG_UPDATE,
  SHOWCASE_WEB,
  UPDATE,
  START,
  READY,
  RESUME,
  IDLE,
  TENANT_STOP,
  SYNC,
  MAINTENANCE,
  FLEET_SIM,
  ONBOARD,
];
