import type { LimitFunction } from 'p-limit';
import { openImage } from '../database/image.ts';
import type { Ownership } from '../rights/files.ts';
import { placeDatabase } from './install-database.ts';
import { type MakingContext, makeImage } from './made.ts';
import type { Limit } from './migrations.ts';
import { appliedIn, countPending } from './migrations.ts';
import { nameEvent } from './named.ts';
import type { SeenDatabases } from './seen.ts';
import { canMake } from './template.ts';
import type { ProvedImage } from './tenant-image.ts';
import type { EventFacts, TenantDatabase } from './tenant-model.ts';
import { UNTOUCHED } from './tenants-settings.ts';

/** What it takes to make a database where there is none. */
export interface Making {
  readonly context: MakingContext;
  readonly seen: SeenDatabases;
  /** What a file is made like. */
  readonly like: Ownership;
  /** The prepared database; null where there is none, and none can be made. */
  readonly template: () => Promise<ProvedImage | null>;
  /** How long the next command of the application may take. */
  readonly limitOf: () => Limit;
  /** Runs of the commands at once. */
  readonly commands: LimitFunction;
}

/**
 * Makes the database of an event that has none: a copy of the prepared one; else by the application's commands, under
 * another name. It appears complete, with the account's owner and mode, and never replaces one that was made meanwhile.
 * Call it with the tenant's lock held, when the store is known to have none.
 *
 * @throws {Failure} `command-failed`, `tenant-invalid`, `disk`, `lock-timeout`
 */
export async function makeNew(
  making: Making,
  tenant: TenantDatabase,
  facts: EventFacts,
): Promise<'copied' | 'made' | 'there already'> {
  const { context, seen, like, commands, limitOf } = making;
  const template = await making.template();
  const copy = template && nameEvent(template, facts);
  const image = copy ?? (await commands(() => makeImage(context, tenant, limitOf)));
  // Without an object that it was made from: any object that the store gets under this name is another's, and newer.
  const learnt = { etag: '', stored: 0, time: UNTOUCHED };
  const placed = await placeDatabase({ tenant, image, learnt, like, seen });
  if (placed.kind === 'superseded') return 'there already';
  return copy ? 'copied' : 'made';
}

/**
 * A fetched database with the application's migrations applied that it lacks; null where it lacks none, or nobody can
 * apply them here. As `makeNew`.
 */
export async function migrated(
  { context, commands, limitOf }: Making,
  tenant: TenantDatabase,
  image: ProvedImage,
): Promise<ProvedImage | null> {
  const db = openImage(image.bytes);
  let pending: number;
  try {
    pending = countPending(context.migrations, appliedIn(db));
  } finally {
    db.close();
  }
  if (pending === 0 || !canMake(context)) return null;
  return await commands(() => makeImage(context, tenant, limitOf, image));
}

/** A value that is requested once, by any caller; a failure counts as none, and is reported once. */
export function once(
  work: () => Promise<ProvedImage | null>,
  failed: (error: unknown) => void,
): () => Promise<ProvedImage | null> {
  let asked: Promise<ProvedImage | null> | null = null;
  return () => {
    asked ??= work().catch((error: unknown) => {
      failed(error);
      return null;
    });
    return asked;
  };
}
