import { Failure } from '../../failure.ts';
import type { Listing, Target, TargetKind } from '../fleet-model.ts';
import type { FleetSettings } from '../fleet-settings.ts';
import { listByApi } from './fly-api.ts';
import { listByCli } from './fly-cli.ts';
import { listByDns } from './fly-dns.ts';

export const FLY: TargetKind = { pushed: false, create: flyTarget };

/** The machines of a Fly app, all behind one address: its proxy takes a request to the machine that a header names. */
function flyTarget(settings: FleetSettings): Target {
  const { fly } = settings;
  return {
    name: 'fly',
    noun: ['machine', 'machines'],
    url: fly.url,
    namesMachines: true,
    ownIndex: false,
    pushed: FLY.pushed,
    list: (signal) => listMachines(settings, signal),
    address: ({ id }) => ({ url: fly.url, headers: { 'Fly-Force-Instance-Id': id } }),
  };
}

/**
 * The machines of the app: by the Machines API with a token; else by flyctl where there is one; else, inside Fly, by its
 * DNS. A setting can force one.
 *
 * @throws {Failure} `fleet-unreachable` or `config-invalid`
 */
async function listMachines(settings: FleetSettings, signal: AbortSignal): Promise<Listing> {
  const { fly } = settings;
  const { source } = fly;
  if (source === 'api' || (source === 'auto' && fly.apiToken !== null))
    return await listByApi(settings, signal);
  if (source !== 'dns') {
    const found = await listByCli(fly, signal);
    if (found) return found;
  }
  if (source === 'dns' || (source === 'auto' && fly.inside)) return await listByDns(fly, signal);
  throw new Failure('config-invalid', `there is no way to list the machines of ${fly.app}`, {
    hint: 'Install flyctl (FLY_CLI_PATH, ~/bin/flyctl or on the PATH) and log in with it, or set FLY_API_TOKEN.',
  });
}
