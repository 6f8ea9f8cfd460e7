import type { ReadIndex } from '../index/index-model.ts';
import type { NewDatabases } from '../tenants/tenant-model.ts';

/** How a candidate is installed. */
export interface InstallOptions {
  /** Install every file anew, whatever stands there. */
  readonly force: boolean;
  /** Make Navigator reload in any case; as `force`, where absent. */
  readonly reload?: boolean;
  /** Do without what can be missed where the disk has no room: the generation, the note of a reload that is owed. */
  readonly spare?: boolean;
  /** What was read and asked before the lock was taken; null for nothing. */
  readonly ahead?: Ahead | null;
  /** Whether no object store is configured. */
  readonly storeless?: boolean;
  /** `left`: the databases of new events are left to the ready hook, since nobody may wait. */
  readonly databases?: 'left';
}

/** What was learnt of an index before the lock was taken. */
export interface Ahead {
  readonly image: Buffer;
  readonly read: ReadIndex;
  /** What the store has for its new events has been asked; null where it has none. */
  readonly databases: NewDatabases | null;
}
