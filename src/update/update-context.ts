import type { Tell } from '../report/events.ts';
import type { Site } from '../site/site.ts';
import type { ObjectReader } from '../store/object-store.ts';
import type { NewDatabases } from '../tenants/tenant-model.ts';
import type { UpdateSettings } from './update-settings.ts';

/** What every operation on this machine is given. */
export interface UpdateContext {
  readonly site: Site;
  readonly settings: UpdateSettings;
  /** Identifies a build of this program; null for none, for example when it runs from its sources. */
  readonly build: string | null;
  /** Resolves to null where no object store is configured. */
  readonly openStore: () => Promise<ObjectReader | null>;
  /** Makes the databases of new events: loaded only if an index has any. */
  readonly openNewDatabases: () => Promise<NewDatabases>;
  readonly report: Tell;
  /** Called with every unexpected error, for its stack. */
  readonly unexpected: (error: unknown) => void;
}
