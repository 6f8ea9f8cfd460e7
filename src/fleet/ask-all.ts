import type { Agent } from 'node:http';
import pLimit from 'p-limit';
import { httpFor } from '../http-for.ts';
import type { FleetOperation, MachineOutcome, PublishedIndex } from '../report/fleet-results.ts';
import { type Asking, askMachine } from './ask.ts';
import type { Way } from './fleet-context.ts';
import type { Listing } from './fleet-model.ts';
import { chooseQuestion } from './question.ts';

/** The index that the machines of one target should have. */
export interface Expected {
  /** Null for none. */
  readonly index: PublishedIndex | null;
  /** Whether it is this host's own, because there is no store. */
  readonly local: boolean;
}

type Common = Omit<Asking, 'target' | 'question' | 'headers' | 'agent' | 'limit'>;

interface Asked extends Common {
  readonly operation: FleetOperation;
  readonly note: (message: string) => void;
}

/** The machines of each target. If they could not be found, the reason, and no machines. */
interface Found {
  readonly listings: readonly Listing[];
  readonly unfound: readonly { readonly target: string; readonly error: unknown }[];
}

/**
 * The machines of all targets. Where there are several, each machine names its own.
 *
 * @throws {Failure} as `Target.list`, where none has found any
 */
export async function listAll(ways: readonly Way[], signal: AbortSignal): Promise<Found> {
  const unfound: { target: string; error: unknown }[] = [];
  const list = async ({ target }: Way): Promise<Listing> => {
    try {
      return await target.list(signal);
    } catch (error) {
      unfound.push({ target: target.name, error });
      return { active: [], skipped: [], source: 'not found' };
    }
  };
  const listings = await Promise.all(ways.map(list));
  if (unfound.length === ways.length) throw unfound[0]?.error;
  if (ways.length === 1) return { listings, unfound };
  const named = listings.map(({ active, skipped, source }, at) => {
    const target = ways[at]?.target.name ?? '';
    return {
      active: active.map((machine) => ({ ...machine, target })),
      skipped: skipped.map((machine) => ({ ...machine, target })),
      source: `${target}: ${source}`,
    };
  });
  return { listings: named, unfound };
}

/** The note for the operator about machines that sleep while the others are sent the index; null for none. */
export function unsentNote(ways: readonly Way[], listings: readonly Listing[]): string | null {
  const sleeping = ways.flatMap(({ push }, at) => (push ? (listings[at]?.skipped ?? []) : []));
  if (sleeping.length === 0) return null;
  return `machines that sleep are not sent the index (${sleeping.length} here): they wake with the one that they have, or that the store has. Publish it, too (--publish), or push it again when they are awake`;
}

/** The machines of all targets in one list. */
export function joined(listings: readonly Listing[]): Listing {
  return {
    active: listings.flatMap(({ active }) => active),
    skipped: listings.flatMap(({ skipped }) => skipped),
    source: listings.map(({ source }) => source).join('; '),
  };
}

/** Asks the machines of all targets, all at once as far as the settings allow. Never throws. */
export async function askAll(
  ways: readonly Way[],
  listings: readonly Listing[],
  expected: ReadonlyMap<Way, Expected>,
  { operation, note, ...common }: Asked,
): Promise<MachineOutcome[]> {
  const { concurrency } = common.settings;
  const limit = pLimit(concurrency);
  const agents: Agent[] = [];
  const noted = new Set<string>();
  const askings = ways.map((way): Asking => {
    const { target } = way;
    const { index, local } = expected.get(way) ?? { index: null, local: false };
    const { question, headers, notes } = chooseQuestion(way, operation, index, local);
    for (const message of notes) if (!noted.has(message)) note(message);
    for (const message of notes) noted.add(message);
    // Sockets are kept for the next machine: many have the same address, and TLS handshakes are expensive.
    const agent = new (httpFor(target.url).Agent)({ keepAlive: true, maxSockets: concurrency });
    agents.push(agent);
    return { ...common, target, question, headers, agent, limit };
  });
  try {
    const asked = askings.flatMap((asking, at) =>
      (listings[at]?.active ?? []).map((machine) => askMachine(asking, machine)),
    );
    return await Promise.all(asked);
  } finally {
    for (const agent of agents) agent.destroy();
  }
}
