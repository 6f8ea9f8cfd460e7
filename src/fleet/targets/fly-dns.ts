import { Resolver } from 'node:dns/promises';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../report/fleet-results.ts';
import type { Listing } from '../fleet-model.ts';
import type { FlySettings } from '../fleet-settings.ts';
import { listing, notAList, readMachine } from './fly-machines.ts';

const SOURCE = "Fly's DNS";
/** Milliseconds of the first try; the resolver doubles it. */
const TIMEOUT_MS = 2000;
const TRIES = 3;

/**
 * Inside Fly its DNS lists the started machines of an app, and all of them under another name. It does not tell their
 * process groups.
 *
 * @throws {Failure} `fleet-unreachable`, `config-invalid`
 */
export async function listByDns(settings: FlySettings, signal: AbortSignal): Promise<Listing> {
  const { app } = settings;
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (settings.dnsServers.length > 0) useServers(resolver, settings.dnsServers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    // Those that sleep are only listed, so a server that does not know of them does no harm.
    const deployed = resolver.resolveTxt(`all.vms.${app}.internal`).catch(() => []);
    const records = await resolver.resolveTxt(`vms.${app}.internal`);
    const started = parseRecords(records, 'started');
    const awake = new Set(started.map(({ id }) => id));
    const all = parseRecords(await deployed, 'not started');
    return listing([...started, ...all.filter(({ id }) => !awake.has(id))], SOURCE);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Failure('fleet-unreachable', `${SOURCE} does not list the machines of ${app} (${code})`, {
      hint: 'This way works only inside Fly: elsewhere install flyctl, or set FLY_API_TOKEN.',
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/**
 * Each record is `<id> <region>,<id> <region>...`, in pieces of at most 255 bytes. A server may end a piece, or a record,
 * in place of a comma.
 */
function parseRecords(records: readonly (readonly string[])[], state: string): Machine[] {
  const found = new Map<string, Machine>();
  for (const pieces of records) {
    const whole = parseList(pieces.join(''), state) ?? parseList(pieces.join(','), state);
    if (!whole) throw notAList(SOURCE, 'it is not "<id> <region>,..."');
    for (const machine of whole) found.set(machine.id, machine);
  }
  return [...found.values()];
}

function parseList(text: string, state: string): Machine[] | null {
  const entries = text.split(',').map((entry) => entry.trim());
  const rows = entries.filter((entry) => entry !== '').map((entry) => /^(\S+) +(\S+)$/.exec(entry));
  if (rows.some((row) => row === null)) return null;
  return rows.map((row) => readMachine({ id: row?.[1], region: row?.[2], state }, SOURCE));
}

function useServers(resolver: Resolver, servers: readonly string[]): void {
  try {
    resolver.setServers(servers);
  } catch (error) {
    throw new Failure('config-invalid', 'FLEET_DNS is not a list of addresses of name servers', {
      hint: 'Set it to something like fdaa::3, or unset it for those of the system.',
      cause: error,
    });
  }
}
