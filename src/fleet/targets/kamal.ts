import type { Machine } from '../../report/fleet-results.ts';
import type { Target, TargetKind } from '../fleet-model.ts';
import type { FleetSettings } from '../fleet-settings.ts';

export const KAMAL: TargetKind = { pushed: true, create: kamalTarget };

/** One server, which always runs. It calls itself by the name of its container, which is not known here. */
function kamalTarget({ kamal }: FleetSettings): Target {
  const server: Machine = { id: kamal.url.hostname, region: null, state: 'started' };
  return {
    name: 'kamal',
    noun: ['server', 'servers'],
    url: kamal.url,
    namesMachines: false,
    ownIndex: true,
    pushed: KAMAL.pushed,
    list: () => Promise.resolve({ active: [server], skipped: [], source: `the server ${kamal.url.host}` }),
    address: () => ({ url: kamal.url, headers: {} }),
  };
}
