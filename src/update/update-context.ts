import type { Tell } from '../report/events.ts';
import type { Site } from '../site/site.ts';
import type { ObjectReader } from '../store/object-store.ts';
import type { NewDatabases } from '../tenants/tenant-model.ts';
import type { UpdateSettings } from './update-settings.ts';

/** The parts that every operation is put together from. */
export interface Parts {
  readonly site: Site;
  readonly settings: UpdateSettings;
  /** What tells one build of this program from another; null for none, as where it is run from its sources. */
  readonly build: string | null;
  /** Resolves to null where no object store is configured. */
  readonly openStore: () => Promise<ObjectReader | null>;
  /** What sees to the databases of new events: loaded only where an index has any. */
  readonly openNewDatabases: () => Promise<NewDatabases>;
  readonly report: Tell;
  /** Told of every error that was not foreseen, with its stack. */
  readonly unexpected: (error: unknown) => void;
}
