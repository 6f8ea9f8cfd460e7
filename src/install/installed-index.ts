import { Failure } from '../failure.ts';
import type { ReadIndex } from '../index/index-model.ts';
import { readValidIndex } from '../index/read-index.ts';
import type { Site } from '../site/site.ts';
import { readLiveIndex } from './live-index.ts';

/**
 * The index that is installed on this machine, proved to be one, as it is at this moment: for what follows an update.
 *
 * @throws {Failure} `index-missing`; `index-invalid`, listing everything that is wrong; `lock-timeout`; `disk`.
 */
export async function readInstalledIndex(site: Site, maxBytes?: number): Promise<ReadIndex> {
  const live = await readLiveIndex(site, maxBytes);
  if (!live.image) {
    const [code, message] = live.problem
      ? (['index-invalid', `${live.path} cannot be read: ${live.problem}`] as const)
      : (['index-missing', `there is no index at ${live.path}`] as const);
    throw new Failure(code, message, {
      hint: 'Run update_config first, which installs a good one, or check RAILS_DB_VOLUME.',
    });
  }
  return readValidIndex(live.image);
}
