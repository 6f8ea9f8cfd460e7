import { readFileSync } from 'node:fs';
import { type RigOptions, WebRig } from '../../../dev/web/rig.ts';
import type { Visitor } from '../../../dev/web/visitor.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { Run } from '../../../src/runs/run-model.ts';
import { FEW } from '../indexes/few.ts';
import { startPublished, storeEnvironment } from '../machine/published.ts';
import { type FaultProxy, startFaultProxy } from '../store/fault-proxy.ts';

/** A whole site with everything in it, whose machines have the first index already. */
export interface Site {
  readonly rig: WebRig;
  /** Between the site and its store. */
  readonly store: FaultProxy;
  /** Ends everything. */
  close(): Promise<void>;
}

/** @param options `playedMs` for machines that are played, where nothing but the server is asked for */
export async function startSite(
  machines: number,
  options: Pick<RigOptions, 'playedMs' | 'env'> = {},
): Promise<Site> {
  const { settings, close } = await startPublished();
  const store = await startFaultProxy(settings.endpoint);
  const { UPDATE_CONFIG_STORE_TIMEOUT: _, ...variables } = storeEnvironment(settings, store.endpoint);
  const closeStore = async (): Promise<void> => {
    await store.close();
    await close();
  };
  try {
    const env = { FLEET_ATTEMPTS: '1', ...options.env };
    const rig = await WebRig.start({ machines, store: variables, sample: FEW, ...options, env });
    const closeAll = (): Promise<void> => rig.close().then(closeStore);
    try {
      await rig.configUpdate();
      await rig.startServer();
      return { rig, store, close: closeAll };
    } catch (error) {
      await rig.close();
      throw error;
    }
  } catch (error) {
    await closeStore();
    throw error;
  }
}

export interface StoredEvent {
  readonly id: number;
  readonly key: string;
  readonly name: string;
}

/** Events of one of these names in an index on the disk, by name. */
export function eventsNamed(path: string, ...names: readonly string[]): StoredEvent[] {
  const db = openDatabase(readFileSync(path));
  try {
    return db
      .prepare<[string], StoredEvent>(
        'SELECT id, key, name FROM showcases WHERE name IN (SELECT value FROM json_each(?)) ORDER BY name',
      )
      .all(JSON.stringify(names));
  } finally {
    db.close();
  }
}

/** All runs that there are, newest first. */
export async function runsOf({ rig }: Site): Promise<Run[]> {
  const { runs } = await rig.visitor(rig.sample.administrator).json<{ runs: Run[] }>('/runs/');
  return runs;
}

/** The owner of a studio. */
export function ownerOf({ rig }: Site, studio: string): Visitor {
  const owner = rig.sample.owners.find((one) => one.studio === studio);
  if (!owner) throw new Error(`nobody owns ${studio}`);
  return rig.visitor(owner);
}
