import type { ReadIndex } from '../index/index-model.ts';
import type { NewDatabases } from '../tenants/tenant-model.ts';

/** How a candidate is installed. */
export interface InstallOptions {
  /** Install every file again, even if it is unchanged. */
  readonly force: boolean;
  /** Make Navigator reload in any case; as `force`, where absent. */
  readonly reload?: boolean;
  /** If the disk is full, go on without the optional parts: the generation, and the note that a reload is owed. */
  readonly spare?: boolean;
  /** What was read and asked before the lock was taken; null for nothing. */
  readonly ahead?: Ahead | null;
  /** Whether no object store is configured. */
  readonly storeless?: boolean;
  /** `left`: the ready hook makes the databases of new events, since this run must not wait. */
  readonly databases?: 'left';
}

/** What was learnt of an index before the lock was taken. */
export interface Ahead {
  readonly image: Buffer;
  readonly read: ReadIndex;
  /** What the store has for its new events; null if there are none. */
  readonly databases: NewDatabases | null;
}
