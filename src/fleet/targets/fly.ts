import type { Target } from '../fleet-model.ts';
import type { FleetSettings } from '../fleet-settings.ts';
import { listMachines } from './fly-list.ts';

/** The machines of a Fly app, all behind one address: its proxy takes a request to the machine that a header names. */
export function flyTarget(settings: FleetSettings): Target {
  const { fly } = settings;
  return {
    name: 'fly',
    noun: ['machine', 'machines'],
    url: fly.url,
    namesMachines: true,
    ownIndex: false,
    pushed: false,
    list: (signal) => listMachines(settings, signal),
    address: ({ id }) => ({ url: fly.url, headers: { 'Fly-Force-Instance-Id': id } }),
  };
}
