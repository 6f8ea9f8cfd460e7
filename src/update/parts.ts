import type { Reporter } from '../report/types.ts';
import type { Site } from '../site/types.ts';
import type { ObjectReader } from '../store/types.ts';
import type { NewDatabases } from '../tenants/types.ts';
import type { UpdateSettings } from './settings.ts';

/** The parts that every operation is put together from. */
export interface Parts {
  readonly site: Site;
  readonly settings: UpdateSettings;
  /** Resolves to null where no object store is configured. */
  readonly openStore: () => Promise<ObjectReader | null>;
  /** What sees to the databases of new events: loaded only where an index has any. */
  readonly openNewDatabases: () => Promise<NewDatabases>;
  readonly report: Reporter;
  /** Told of every error that was not foreseen, with its stack. */
  readonly unexpected: (error: unknown) => void;
}
