import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureOutbox, prepareOutbox } from '../../callbacks/outbox-place.ts';
import { asFailure, Failure } from '../../failure.ts';
import { siteOf, type World } from '../machine/machine-context.ts';

/** Where a run keeps what its dashboard has not got yet. */
export interface OutboxPlace {
  /** Null where there is none, so that it is kept in memory. */
  readonly dir: string | null;
  /** Why there is none; null where there is one. */
  readonly caution: string | null;
}

/**
 * The outbox of an application, which is made if need be.
 *
 * @param given another directory; null for the usual one
 */
export async function outboxOf(world: World, given: string | null): Promise<OutboxPlace> {
  try {
    return { dir: await requireOutbox(world, given), caution: null };
  } catch (error) {
    const { message } = asFailure(error);
    return {
      dir: null,
      caution: `what the dashboard does not get of this run is not kept for the next one: ${message}`,
    };
  }
}

/** The same. @throws {Failure} where it cannot be made */
export async function requireOutbox(world: World, given: string | null): Promise<string> {
  if (given === null) return ensureOutbox((await siteOf(world)).dbDir);
  const above = dirname(given);
  if (existsSync(above)) return prepareOutbox(given);
  throw new Failure('disk', `there is no directory ${above} for an outbox`, {
    hint: 'Make it, or give another --outbox.',
  });
}
