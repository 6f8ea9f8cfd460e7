import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageDigest, openInstalled, readImage } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { publishIndex } from '../../../src/publish/publish.ts';
import type { PublishContext, PublishRequest, UndoRequest } from '../../../src/publish/publish-context.ts';
import type { PublishOutcome } from '../../../src/report/fleet-results.ts';
import { newRunId } from '../../../src/run-id.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { siteOf } from '../machine/site.ts';

/** An admin host: a db dir with an index, and a journal of its own. */
export class Admin {
  readonly dbDir = mkdtempSync(join(tmpdir(), 'admin-'));
  readonly notes: string[] = [];
  readonly context: PublishContext;
  readonly #later: Promise<void>[] = [];

  constructor(store: ObjectStore, by: string, more: Partial<PublishContext> = {}) {
    this.context = {
      site: { ...siteOf('local'), dbDir: this.dbDir },
      store,
      storeName: 'here/showcase',
      maxIndexBytes: 2 ** 20,
      lockTimeoutMs: 10_000,
      by,
      keepPublished: 10,
      later: (work) => this.#later.push(work),
      note: (message) => this.notes.push(message),
      ...more,
    };
  }

  get indexPath(): string {
    return join(this.dbDir, 'index.sqlite3');
  }

  /** @param at when it was last changed, in whole seconds */
  put(index: Buffer, at: string): void {
    writeFileSync(this.indexPath, index);
    utimesSync(this.indexPath, new Date(at), new Date(at));
  }

  /** Rows of the index of this host are written, as the application does. */
  edit(sql: string): void {
    const db = openDatabase(this.indexPath);
    db.exec(sql);
    db.close();
  }

  get digest(): string {
    const db = openInstalled(this.indexPath);
    if (!db) throw new Error('there is no index');
    try {
      return imageDigest(readImage(db));
    } finally {
      db.close();
    }
  }

  async undo(
    undo: Partial<UndoRequest> = {},
    request: Partial<PublishRequest> = {},
  ): Promise<PublishOutcome> {
    return await this.publish({ ...request, undo: { run: null, discardPending: false, ...undo } });
  }

  async publish(request: Partial<PublishRequest> = {}): Promise<PublishOutcome> {
    const run = newRunId();
    const outcome = await publishIndex(this.context, {
      run,
      dryRun: false,
      replaces: null,
      undo: null,
      ...request,
    });
    await Promise.all(this.#later.splice(0));
    return outcome;
  }

  remove(): void {
    rmSync(this.dbDir, { recursive: true, force: true });
  }
}
