import { hash } from 'node:crypto';
import { DIGEST_METADATA, databaseKey, renderTime } from '../bucket/object-names.ts';
import { Failure } from '../failure.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { keepCopy } from '../tenants/kept-copies.ts';
import { readLocal } from '../tenants/local-copy.ts';
import { askRemote, remoteCopyOf } from '../tenants/remote.ts';
import type { SeenDatabases } from '../tenants/seen.ts';
import type { RemoteCopy, TenantDatabase } from '../tenants/tenant-model.ts';
import { decideUpload, type Evidence, type Verdict } from './decide-upload.ts';
import type { Ledger } from './ledger.ts';
import { fingerprint, inventoryOf } from './survey.ts';
import { readTenantImage, type TenantImage } from './upload-image.ts';
import type { UploadOutcome } from './upload-model.ts';

/** What an upload works with. */
export interface UploadContext {
  readonly store: ObjectStore;
  readonly seen: SeenDatabases;
  readonly ledger: Ledger;
  /** A private directory for copies. */
  readonly workDir: string;
  readonly dryRun: boolean;
  /** Milliseconds to wait for a gap that writers leave. */
  readonly patienceMs: number;
}

interface Local {
  readonly modified: Date;
  readonly image: TenantImage;
  readonly md5: string;
}

/** Rounds with a store that has another answer each time, after which it counts as changed elsewhere. */
const ROUNDS = 3;

/**
 * Uploads a tenant's database if it has been changed since this machine and the store had the same, provided that the
 * store still has that version. Call it with the tenant's lock held.
 *
 * @param remote the store's version
 * @throws {Failure} `tenant-invalid`, `lock-timeout`, `disk`, `store-*`: nothing was uploaded, or that is unknown; then
 *   the next run finds out.
 */
export async function uploadTenant(
  context: UploadContext,
  tenant: TenantDatabase,
  remote: RemoteCopy | null,
): Promise<UploadOutcome> {
  const local = await readHere(context, tenant);
  if (!local) return { kind: 'no-copy' };
  let there = remote;
  let refusals = 0;
  while (refusals < ROUNDS) {
    const verdict = decide(context, tenant, local, { remote: there, raced: refusals > 0 });
    if (verdict.kind === 'ask') {
      there = await askRemote(context.store, tenant);
      continue;
    }
    if (verdict.kind === 'unchanged') {
      if (!context.dryRun) learn(context, tenant, verdict);
      return { kind: 'unchanged' };
    }
    if (verdict.kind === 'changed-elsewhere') return conflict(context, tenant, local, there);
    if (verdict.kind !== 'put') return verdict;
    if (context.dryRun) return { kind: 'would-upload', isNew: there === null };
    const answer = await put(context, tenant, local, verdict);
    if (answer.kind === 'stored') {
      return { kind: 'uploaded', bytes: local.image.bytes.length, isNew: there === null };
    }
    there = answer.object ? remoteCopyOf(answer.object) : null;
    refusals += 1;
  }
  return conflict(context, tenant, local, there);
}

/**
 * Reads a database as it is now, and writes down what it holds. Call it with the tenant's lock held.
 *
 * @returns null where there is none, or one without tables
 * @throws {Failure} as `readTenantImage`
 */
export async function readHere(
  context: Pick<UploadContext, 'ledger' | 'workDir' | 'dryRun' | 'patienceMs'>,
  { name, path }: TenantDatabase,
): Promise<Local | null> {
  const found = readLocal(path);
  if (!found) return null;
  const print = fingerprint(path, Date.now());
  const { workDir, patienceMs } = context;
  const image = await readTenantImage({ name, path, workDir, patienceMs });
  if (!image) return null;
  if (!context.dryRun) context.ledger.rememberCopy(name, { ...print, digest: image.digest });
  return { modified: found.modified, image, md5: hash('md5', image.bytes) };
}

function decide(
  { seen, ledger }: UploadContext,
  { name }: TenantDatabase,
  { modified, image, md5 }: Local,
  there: Pick<Evidence, 'remote' | 'raced'>,
): Verdict {
  const local = { modified, digest: image.digest, md5 };
  return decideUpload({ ...there, local, seen: seen.get(name), intents: ledger.intents(name) });
}

/** Writes down first what is sent, so that a run after a kill knows its own upload again. */
async function put(
  { store, seen, ledger }: UploadContext,
  tenant: TenantDatabase,
  { image, md5 }: Local,
  { replaces, time }: Verdict & { kind: 'put' },
) {
  const { name } = tenant;
  const { bytes, digest, date } = image;
  ledger.intend(name, { etag: `"${md5}"`, digest, time, date });
  const answer = await store.put(databaseKey(name), bytes, {
    condition: { replaces: replaces ?? 'nothing' },
    metadata: { 'last-modified': renderTime(time), [DIGEST_METADATA]: digest },
    contentType: 'application/vnd.sqlite3',
  });
  if (answer.kind === 'stored') {
    const { etag } = answer;
    ledger.owe({ name, inventory: inventoryOf(tenant), etag, time, date });
    seen.record(name, { etag, time, digest });
    ledger.forgetIntents(name);
  }
  return answer;
}

/** Records that the store has the local content already, perhaps from an upload of ours that ended before it wrote the inventory. */
function learn(
  { seen, ledger }: UploadContext,
  tenant: TenantDatabase,
  { learnt }: Verdict & { kind: 'unchanged' },
): void {
  if (!learnt) return;
  const { name } = tenant;
  const intent = ledger.intents(name).find(({ etag }) => etag === learnt.etag);
  if (intent) ledger.owe({ name, inventory: inventoryOf(tenant), ...intent });
  seen.record(name, intent ? { ...learnt, time: intent.time } : learnt);
  ledger.forgetIntents(name);
}

function conflict(
  { dryRun }: UploadContext,
  { name, path }: TenantDatabase,
  { image, modified }: Local,
  remote: RemoteCopy | null,
): UploadOutcome {
  const when = remote ? `, last at ${remote.time.toISOString()}` : '';
  const what = `db/${name}.sqlite3 was changed elsewhere${when}, and here too; nothing was overwritten`;
  const { kept, where } = dryRun ? { kept: null, where: '' } : keep();
  const failure = new Failure('changed-elsewhere', `${what}${where}`, {
    hint: "Find out which one is right. If it is the store's, move the local database aside and run sync-databases --only NAME. If it is the local one, do the same, then put the local database back and touch it.",
  });
  return { kind: 'changed-elsewhere', kept, failure };

  /** A full disk may prevent it; the local database stays in its place in any case. */
  function keep(): { kept: string | null; where: string } {
    try {
      const copy = keepCopy(path, image, { modified, now: new Date() });
      return { kept: copy, where: `; what is here is kept as ${copy}` };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { kept: null, where: `; no copy of what is here could be made (${error.message})` };
    }
  }
}
