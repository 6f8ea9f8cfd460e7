import type { Machine } from '../../report/fleet-results.ts';
import type { Target } from '../fleet-model.ts';
import type { FleetSettings } from '../fleet-settings.ts';

/** One server, which is always there. Its name for itself is its container's, which nobody here knows. */
export function kamalTarget({ kamal }: FleetSettings): Target {
  const server: Machine = { id: kamal.url.hostname, region: null, state: 'started' };
  return {
    name: 'kamal',
    noun: ['server', 'servers'],
    url: kamal.url,
    namesMachines: false,
    ownIndex: true,
    pushed: true,
    list: () => Promise.resolve({ active: [server], skipped: [], source: `the server ${kamal.url.host}` }),
    address: () => ({ url: kamal.url, headers: {} }),
  };
}
