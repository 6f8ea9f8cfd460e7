import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishIndex } from '../../../src/publish/publish.ts';
import type { PublishParts, PublishRequest } from '../../../src/publish/publish-context.ts';
import type { PublishOutcome } from '../../../src/report/fleet-results.ts';
import { newRunId } from '../../../src/run-id.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { siteOf } from '../../support/site.ts';

/** An admin host: a db dir with an index, and a journal of its own. */
export class Admin {
  readonly dbDir = mkdtempSync(join(tmpdir(), 'admin-'));
  readonly notes: string[] = [];
  readonly parts: PublishParts;
  readonly #later: Promise<void>[] = [];

  constructor(store: ObjectStore, by: string, more: Partial<PublishParts> = {}) {
    this.parts = {
      site: { ...siteOf('local'), dbDir: this.dbDir },
      store,
      storeName: 'here/showcase',
      maxIndexBytes: 2 ** 20,
      lockTimeoutMs: 10_000,
      by,
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

  async publish(request: Partial<PublishRequest> = {}): Promise<PublishOutcome> {
    const run = newRunId();
    const outcome = await publishIndex(this.parts, { run, dryRun: false, replaces: null, ...request });
    await Promise.all(this.#later.splice(0));
    return outcome;
  }

  remove(): void {
    rmSync(this.dbDir, { recursive: true, force: true });
  }
}
