import { statSync } from 'node:fs';
import { type Patience, patience, untilFree } from '../database/busy.ts';
import { type Database, openDatabase } from '../database/sqlite.ts';
import { diskError } from '../files/disk.ts';
import { editOf } from './edit-of.ts';
import { indexFailure, indexMissing, indexReplaced } from './index-failures.ts';
import { IndexReader } from './index-reader.ts';
import { refuseTriggers } from './index-tables.ts';
import { refuseStranger } from './may-edit.ts';
import { type HashPassword, hashHere } from './new-password.ts';
import type { ChangeLog, Edit, How, LiveAddress, Outcome, Preview } from './request-model.ts';
import { type MakeEdit, type Weighed, weighEdit } from './weigh-edit.ts';

export interface EditorContext {
  /** Of the live index. */
  readonly path: string;
  readonly log: ChangeLog;
  /** The address that must answer before an event at that path (`2027/boston/gala`) is live; null for none. */
  readonly live: (eventPath: string) => LiveAddress | null;
  readonly now?: () => Date;
  /** Milliseconds to wait for others who use the index; 5,000 by default. */
  readonly patienceMs?: number;
  /** In this thread by default. */
  readonly hashPassword?: HashPassword;
}

const PATIENCE_MS = 5000;
/** Milliseconds of attempts in which this process does nothing else. */
const LOOK_MS = 2;

/**
 * Writes rows of the live index. Each edit is one IMMEDIATE transaction of a connection of its own, in which everything
 * is looked at again; one after another within this process. The file keeps its journal mode. The log of changes hears of
 * an edit before it is committed, and of what became of it.
 */
export class IndexEditor {
  readonly #context: EditorContext;
  /** The end of the edit before; never rejects. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: EditorContext) {
    this.#context = context;
  }

  /**
   * @throws {Failure} `busy`: others used the index for too long, and nothing was written; `index-missing`,
   *   `index-invalid`, `check-failed`, `disk`; `forbidden`: whoever does it has no right to it any more; what the log of changes throws
   */
  async save(edit: Edit, how: How): Promise<Outcome> {
    const make = await this.#editOf(edit);
    if ('problems' in make) return { kind: 'invalid', problems: make.problems };
    return this.#inTurn(() => this.#save(edit, make.edit, how));
  }

  /**
   * What an edit would do. It is made in a copy in memory: nothing is written, and nothing is locked for longer than it
   * takes to read.
   *
   * @throws {Failure} as `save`
   */
  async preview(edit: Edit): Promise<Preview> {
    const make = await this.#editOf(edit);
    if ('problems' in make) return { kind: 'invalid', problems: make.problems };
    const image = await new IndexReader(this.#context.path, this.#context.patienceMs).image();
    // A database in memory has no write-ahead log, so its header must not announce one.
    image.writeUInt16BE(0x0101, 18);
    const db = openDatabase(image);
    try {
      prepare(db);
      const weighed = weighEdit(db, make.edit, this.#now());
      if (weighed.kind !== 'good') return weighed;
      const { warnings, consequences } = weighed;
      return { kind: 'possible', warnings, consequences };
    } finally {
      db.close();
    }
  }

  #editOf(edit: Edit): ReturnType<typeof editOf> {
    return editOf(edit, this.#context.hashPassword ?? hashHere);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  #now(): Date {
    return this.#context.now?.() ?? new Date();
  }

  async #save(edit: Edit, make: MakeEdit, how: How): Promise<Outcome> {
    const { path, patienceMs = PATIENCE_MS } = this.#context;
    const patient = patience(path, patienceMs, LOOK_MS);
    let db: Database | null = null;
    try {
      const { db: open, file } = await untilFree(patient, () => begin(path));
      db = open;
      refuseStranger(db, edit, how.by);
      const weighed = weighEdit(db, make, this.#now());
      return weighed.kind === 'good' ? await this.#commit(db, weighed, how, { patient, file }) : weighed;
    } catch (error) {
      throw diskError('cannot write', path, indexFailure(path, error));
    } finally {
      db?.close(); // which undoes what was not committed
    }
  }

  async #commit(
    db: Database,
    weighed: Weighed,
    { by, publish }: How,
    { patient, file }: { patient: Patience; file: string },
  ): Promise<Outcome> {
    const { path } = this.#context;
    const { id, change, eventPath, warnings, consequences } = weighed;
    const { log, live: liveAt } = this.#context;
    const live = eventPath === null ? null : liveAt(eventPath);
    const entry = log.intend({ ...change, by, live, publish });
    try {
      // Readers may be in the way; who waits here keeps new ones out, so that they cannot go on for ever.
      await untilFree(patient, () => db.exec('COMMIT'));
    } catch (error) {
      // Without an open transaction nobody knows what the index has.
      if (!db.inTransaction) log.doubt(entry);
      else {
        db.exec('ROLLBACK');
        log.drop(entry);
      }
      throw error;
    }
    if (fileAt(path) !== file) {
      log.doubt(entry);
      throw indexReplaced(path);
    }
    log.saved(entry, { after: change.after, live, publish });
    return { kind: 'saved', change: entry, id, warnings, consequences };
  }
}

/** An open IMMEDIATE transaction on the live index, and which file that is; no other process writes until it ends. */
function begin(path: string): { readonly db: Database; readonly file: string } {
  const file = fileAt(path);
  if (file === null) throw indexMissing(path);
  const db = openDatabase(path, { fileMustExist: true, busyTimeoutMs: 0 });
  try {
    prepare(db);
    db.pragma('synchronous = FULL');
    db.exec('BEGIN IMMEDIATE');
    refuseTriggers(db);
    return { db, file };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Which file is at a path: another one after somebody has put one in its place. Null for none. */
function fileAt(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found ? `${found.dev} ${found.ino}` : null;
}

/** As Rails has it, and so that nothing in the schema is run. */
function prepare(db: Database): void {
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('foreign_keys = ON');
}
