import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { readRegularFile } from '../../files/regular-file.ts';
import { maintenancePath } from '../../site/paths.ts';
import type { Site } from '../../site/site.ts';

/** What the preamble of an executable (`dev/build/`) leaves for us. */
const CACHE_PROBLEM = Symbol.for('showcase-config.cache-problem');

/** Bytes; ours has some three thousand. */
const LARGEST_BYTES = 1024 * 1024;

/** Warnings about how this machine is set up: problems that stop nothing, and that are easily missed. */
export function cautionsOf(site: Site, env: NodeJS.ProcessEnv): string[] {
  const cautions: string[] = [...(site.overrideCautions ?? [])];
  const { logDir, region, listenPort } = site;
  const cache = cacheProblem(env);
  if (cache !== null) cautions.push(cache);
  const problem = logDir === null ? null : problemOfDirectory(logDir);
  if (problem !== null) cautions.push(`RAILS_LOG_VOLUME is ${logDir}, which ${problem}: no log is written`);
  if (region !== null && env['KAMAL_CONTAINER_NAME']) {
    cautions.push('FLY_REGION and KAMAL_CONTAINER_NAME are both set: this counts as a machine of Fly');
  }
  const built = builtPort(site);
  if (built !== null && built !== listenPort) {
    cautions.push(
      `navigator-maintenance.yml listens on port ${built}, and navigator.yml on ${listenPort}: write the former anew (scripts/maintenance-config) with the same NAVIGATOR_PORT`,
    );
  }
  return cautions;
}

/** Why compiled code is not kept, so that each run is slower to start; null where it is. */
function cacheProblem(env: NodeJS.ProcessEnv): string | null {
  const named = env['UPDATE_CONFIG_CACHE_DIR'];
  if (named && named !== 'off' && !isAbsolute(named)) {
    return `UPDATE_CONFIG_CACHE_DIR is ${JSON.stringify(named)}, which is not an absolute path: no compiled code is kept`;
  }
  const problem = Reflect.get(globalThis, CACHE_PROBLEM);
  return typeof problem === 'string' ? problem : null;
}

function problemOfDirectory(path: string): string | null {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? null : 'is not a directory';
  } catch (error) {
    return `cannot be looked at (${(error as NodeJS.ErrnoException).code})`;
  }
}

/** The port of the maintenance configuration that the image was built with; null if unknown. */
function builtPort(site: Site): number | null {
  try {
    const found = readRegularFile(maintenancePath(site), LARGEST_BYTES);
    const port =
      found.kind === 'file' ? /^ {2}listen: (\d+)$/m.exec(found.bytes.toString('utf8'))?.[1] : null;
    return port ? Number(port) : null;
  } catch {
    return null;
  }
}
