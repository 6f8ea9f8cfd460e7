import { readSiteAddress } from '../../settings.ts';
import type { Site } from '../../site/site.ts';

/** Where visitors see the pages. */
export interface SiteAddress {
  /** Without a slash at its end; null where no setting says it. */
  readonly address: string | null;
  /** Whether another machine than this one is there. */
  readonly isCopy: boolean;
}

/**
 * Reads `PUBLIC_URL_FLY` and `PUBLIC_URL_KAMAL`. If both are set, visitors belong on Fly, and a Kamal server is a copy.
 *
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readAddress(env: NodeJS.ProcessEnv, { deployment }: Pick<Site, 'deployment'>): SiteAddress {
  const fly = readSiteAddress(env, 'PUBLIC_URL_FLY', 'the pages and events on Fly are seen');
  const kamal = readSiteAddress(env, 'PUBLIC_URL_KAMAL', 'the pages and events of the Kamal server are seen');
  return { address: fly ?? kamal, isCopy: deployment === 'kamal' && fly !== null };
}
