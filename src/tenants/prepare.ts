import { basename } from 'node:path';
import pLimit from 'p-limit';
import { wholeSeconds } from '../bucket/object-names.ts';
import { tryLock } from '../database/lock.ts';
import { madeBefore } from '../database/made-before.ts';
import { ensureStateDir, stateDirOf } from '../database/state-dir.ts';
import { asFailure, Failure } from '../failure.ts';
import type { Index } from '../index/index-model.ts';
import { readOwedEvents } from '../journal/owed-events.ts';
import { ownershipOfApplication } from '../rights/files.ts';
import { giveAwayLeftovers } from '../rights/leftovers.ts';
import type { ObjectInfo } from '../store/object-store.ts';
import { finishMoves } from './finish-moves.ts';
import { findLeftovers, removeLeftovers } from './kept-copies.ts';
import { factsOf, listTenants } from './list.ts';
import { eachWithSecondChance, largeOneByOne, withBreaker } from './load.ts';
import { readLocal } from './local-copy.ts';
import { type Making, once } from './make-new.ts';
import { readMigrations, usualLimit } from './migrations.ts';
import { inventoried, readRemotes } from './remote.ts';
import { openSeen, type SeenDatabases } from './seen.ts';
import { Tally } from './tally.ts';
import { canMake, ensureTemplate, readTemplate } from './template.ts';
import { handleTenant } from './tenant.ts';
import type { LocalCopy, Seen, TenantDatabase } from './tenant-model.ts';
import type { TenantContext, TenantRequest, TenantsOutcome, Work } from './tenants-context.ts';
import { NEW_DATABASE_MODE } from './tenants-settings.ts';
import { tenantLockPath } from './under-lock.ts';

/** A database, and what SQLite has beside it. */
const SQLITE_FILES = ['', '-wal', '-shm', '-journal'];

/** Clocks of machines and stores differ by less. */
const CLOCKS_DIFFER_MS = 24 * 3600 * 1000;

/**
 * Brings the databases of this machine's tenants up to date: downloads what the store has newer, or what is not here,
 * and has the application prepare those with pending migrations. What goes wrong with one is a
 * failure in the outcome, and the rest goes on.
 *
 * @throws {Failure} what ends it before it has begun: `db-dir-missing`, `config-invalid`, `disk`
 */
export async function prepareTenants(
  context: TenantContext,
  index: Index,
  request: TenantRequest,
): Promise<TenantsOutcome> {
  const tenants = listTenants(index, context.site);
  const tally = new Tally(context, request, tenants.length);
  if (tenants.length === 0) return tally.outcome();
  const { dbDir } = context.site;
  const stateDir = request.dryRun ? stateDirOf(dbDir) : ensureStateDir(dbDir);
  if (!request.dryRun) takeOver(dbDir, tenants);
  const seen = openSeen(stateDir, request);
  try {
    const work = await learn(context, request, { index, tenants, stateDir, seen }, tally);
    removeStrangers(work, tenants);
    await eachWithSecondChance(tenants, pLimit(context.settings.concurrency), {
      work: async (tenant) => tally.done(tenant, await handleTenant(work, tenant)),
      failed: ({ name }, error) => tally.failed(name, error),
    });
    if (!request.dryRun) {
      // For the next event that is new; those of this round have made use of it already.
      if (work.making && canMake(work.making.context)) await work.making.template();
      await finishMoves(work, tally);
    }
    return tally.outcome();
  } finally {
    seen.close();
  }
}

/** Databases that an earlier release made as root, and did not live to give to the application. */
function takeOver(dbDir: string, tenants: readonly TenantDatabase[]): void {
  const files = tenants.flatMap(({ path }) => SQLITE_FILES.map((suffix) => basename(path) + suffix));
  giveAwayLeftovers(dbDir, files, madeBefore);
}

/** Leftovers of tenants that are none of this machine's any more. */
function removeStrangers({ leftovers, stateDir }: Work, tenants: readonly TenantDatabase[]): void {
  const served = new Set(tenants.map(({ name }) => name));
  for (const [name, paths] of leftovers) {
    if (served.has(name)) continue;
    const path = tenantLockPath(stateDir, name);
    const lock = tryLock(path);
    if (!lock) continue;
    try {
      removeLeftovers(paths);
    } finally {
      lock.release();
    }
  }
}

interface Basics {
  readonly index: Index;
  readonly tenants: readonly TenantDatabase[];
  readonly stateDir: string;
  readonly seen: SeenDatabases;
}

async function learn(
  context: TenantContext,
  request: TenantRequest,
  { index, tenants, stateDir, seen }: Basics,
  tally: Tally,
): Promise<Work> {
  const { site, settings } = context;
  const opened = await context.openStore();
  const store = opened && withBreaker(opened);
  const known = seen.all();
  const facts = factsOf(index);
  const locals = readLocals(tenants);
  const roughly = (name: string, listed: ObjectInfo) =>
    isTimeEnough(listed, locals.get(name) ?? null, known.get(name), request);
  const remotes =
    store &&
    (await listed(tally, () =>
      readRemotes(store, tenants, seen, { concurrency: settings.concurrency, roughly }),
    ));
  const migrations = readMigrations(site.appRoot);
  return {
    context,
    request,
    stateDir,
    seen,
    known,
    store,
    inventoried: store && inventoried(store),
    remotes,
    like: ownershipOfApplication(NEW_DATABASE_MODE),
    migrations,
    making: makingOf(context, { migrations, stateDir, seen }, tally),
    before: new Map(
      [...readOwedEvents(site.dbDir)].flatMap(([name, from]) =>
        from === null || from === name ? [] : [[name, from]],
      ),
    ),
    facts,
    leftovers: request.dryRun ? new Map() : findLeftovers(site.dbDir),
    interrupted: new Set(seen.allInterrupted()),
    bySize: largeOneByOne(),
  };
}

function makingOf(
  context: TenantContext,
  { migrations, stateDir, seen }: Pick<Work, 'migrations' | 'stateDir' | 'seen'>,
  tally: Tally,
): Making | null {
  if (migrations === null || migrations.length === 0) return null;
  const making = { ...context, migrations };
  const commands = pLimit(context.settings.prepareConcurrency);
  const limit = usualLimit(context.settings);
  return {
    context: making,
    seen,
    like: ownershipOfApplication(NEW_DATABASE_MODE),
    template: once(
      () =>
        commands(() => (canMake(making) ? ensureTemplate(making, stateDir) : readTemplate(making, stateDir))),
      (error) => {
        if (!(error instanceof Failure)) context.unexpected(error);
        const { message } = asFailure(error);
        tally.warn(`no prepared database could be made, so new events take longer: ${message}`);
      },
    ),
    limitOf: () => limit,
    commands,
  };
}

/** Null for a store that cannot be listed: then what is here is prepared all the same. */
async function listed<T>(tally: Tally, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || !error.code.startsWith('store-')) throw error;
    tally.failedBeside('the store', error);
    return null;
  }
}

/** A file that cannot be read does not count here; it is reported when its turn comes. */
function readLocals(tenants: readonly TenantDatabase[]): Map<string, LocalCopy | null> {
  return new Map(
    tenants.map(({ name, path }) => {
      try {
        return [name, readLocal(path)];
      } catch {
        return [name, null];
      }
    }),
  );
}

/**
 * Whether the store's own time of an object that is new to this machine is enough, so that the object need not be asked
 * when its content was changed. Content is never changed later than it is stored, so an object that was stored long
 * before the local change is not newer. And if it replaces a version that this machine has seen, and was stored later
 * than the local change, it is fetched right away: its exact time comes with it.
 */
function isTimeEnough(
  listed: ObjectInfo,
  local: LocalCopy | null,
  known: Seen | undefined,
  { dryRun }: TenantRequest,
): boolean {
  if (!local || local.empty) return true;
  if (listed.modified.getTime() + CLOCKS_DIFFER_MS < local.modified.getTime()) return true;
  const isReplaced = known !== undefined && known.etag !== listed.etag;
  return !dryRun && isReplaced && wholeSeconds(listed.modified) > wholeSeconds(local.modified);
}
