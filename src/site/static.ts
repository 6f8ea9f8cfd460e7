import { join } from 'node:path';
import { type DataMapping, mappingAt, merge } from './data.ts';
import common from './navigator/common.yml';
import fly from './navigator/fly.yml';
import kamal from './navigator/kamal.yml';
import local from './navigator/local.yml';
import maintenance from './navigator/maintenance.yml';
import maintenanceContainer from './navigator/maintenance-container.yml';
import maintenanceLocal from './navigator/maintenance-local.yml';
import { fillMapping, type Values } from './placeholders.ts';
import type { Deployment, Site } from './site.ts';
import { withWebPart } from './web-part.ts';

/** Part of a Navigator configuration that does not depend on the index. */
export interface StaticPart {
  readonly config: DataMapping;
  /** `server.root_path`: what every path of the site starts with; empty or `/name`. */
  readonly root: string;
}

const DEPLOYMENTS: Readonly<Record<Deployment, DataMapping>> = { fly, kamal, local };

/** Processes on a machine with less than 1 GiB of memory; each whole GiB adds one. */
const SMALLEST_POOL = 6;

/** The volume that production mounts; an image is built before it is there. */
const CONTAINER_VOLUME = '/data/db';

/** The keys of `server` that the maintenance page shares with the whole site. */
const SHARED_SERVER_KEYS = ['hostname', 'root_path', 'trust_proxy', 'static', 'health_check'];

/**
 * The static part of navigator.yml on this machine, its overrides and the web part laid on.
 *
 * @throws {Failure} `config-invalid` for a web part that is set up wrongly
 */
export function navigatorPart(site: Site): StaticPart {
  const { config, root, values } = ownPart(site);
  return { config: withWebPart(config, site, values), root };
}

/** The same without the web part: what a machine serves by itself. Never throws. */
export function ownPart(site: Site): Built {
  return build(merge(common, DEPLOYMENTS[site.deployment]), site.overrides ?? {}, site, site.dbDir);
}

/**
 * All of navigator-maintenance.yml. In a container whose database volume is not named it is production's own: the
 * default, below the app root, is where the image is built, not where it runs. Of the overrides only those count that
 * say how the site is reached.
 */
export function maintenancePart(site: Site): StaticPart {
  const container = site.deployment !== 'local';
  const unnamed = site.dbDir === join(site.appRoot, 'db');
  const server = Object.entries(mappingAt(site.overrides ?? {}, 'server'));
  const overrides = {
    server: Object.fromEntries(server.filter(([key]) => SHARED_SERVER_KEYS.includes(key))),
  };
  const base = merge(maintenance, container ? maintenanceContainer : maintenanceLocal);
  const { config, root } = build(base, overrides, site, container && unnamed ? CONTAINER_VOLUME : site.dbDir);
  return { config, root };
}

/** With the values of the placeholders. */
interface Built extends StaticPart {
  readonly values: Values;
}

/** Overrides are literal: only our own text has placeholders. */
function build(base: DataMapping, overrides: DataMapping, site: Site, dbDir: string): Built {
  const root = String(mappingAt(merge(base, overrides), 'server')['root_path']);
  const values: Values = {
    root,
    app_root: site.appRoot,
    db_dir: dbDir,
    storage: site.storageDir,
    app_name: site.appName ?? '',
    region: site.region ?? '',
    port: site.listenPort,
    pool_size: SMALLEST_POOL + site.memoryGiB,
    web: '',
    web_listen: '',
  };
  // NAVIGATOR_PORT takes precedence over the file, which `readSite` has taken into account already.
  const listen = { server: { listen: site.listenPort } };
  return { config: merge(merge(fillMapping(base, values), overrides), listen), root, values };
}
