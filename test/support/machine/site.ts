import type { DataMapping } from '../../../src/site/data.ts';
import { siteFrom } from '../../../src/site/read-site.ts';
import type { Site } from '../../../src/site/site.ts';

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

/** What sets up the web part: the host that owns the index, and two machines that lead to it. */
const WEB_ENVIRONMENTS = {
  local: { SHOWCASE_WEB: 'on' },
  'fly-iad': { SHOWCASE_WEB: 'https://admin.example/showcase' },
  kamal: { SHOWCASE_WEB: 'https://admin.example/showcase' },
} as const satisfies Partial<Record<MachineKind, object>>;

export type WebKind = keyof typeof WEB_ENVIRONMENTS;

export const WEB_KINDS = Object.keys(WEB_ENVIRONMENTS) as WebKind[];

/** A machine as in production: app root `/rails`, db dir `/data/db`, 2 GiB of memory; no web part, unless `env` says so. */
export function siteOf(
  kind: MachineKind,
  overrides: DataMapping | null = null,
  env: Readonly<Record<string, string>> = {},
): Site {
  return siteFrom({ RAILS_DB_VOLUME: '/data/db', ...ENVIRONMENTS[kind], ...env }, HOST, overrides);
}

/** The same with a web part. */
export function webSiteOf(kind: WebKind, overrides: DataMapping | null = null): Site {
  return siteOf(kind, overrides, WEB_ENVIRONMENTS[kind]);
}
