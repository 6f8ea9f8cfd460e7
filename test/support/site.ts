import type { DataMapping } from '../../src/site/data.ts';
import { siteFrom } from '../../src/site/read-site.ts';
import type { Site } from '../../src/site/site.ts';

const HOST = { defaultAppRoot: '/rails', hostname: 'admin.example', totalMemoryBytes: 2 * 2 ** 30 };

/** What makes a machine of each kind; the names are those of the golden outputs. */
const ENVIRONMENTS = {
  'fly-iad': { FLY_APP_NAME: 'smooth', FLY_REGION: 'iad' },
  'fly-syd': { FLY_APP_NAME: 'smooth', FLY_REGION: 'syd' },
  kamal: { KAMAL_CONTAINER_NAME: 'showcase-web' },
  local: {},
} as const;

export type MachineKind = keyof typeof ENVIRONMENTS;

export const MACHINE_KINDS = Object.keys(ENVIRONMENTS) as MachineKind[];

/** A machine as in production: app root `/rails`, db dir `/data/db`, 2 GiB of memory. */
export function siteOf(kind: MachineKind, overrides: DataMapping | null = null): Site {
  return siteFrom({ RAILS_DB_VOLUME: '/data/db', ...ENVIRONMENTS[kind] }, HOST, overrides);
}
