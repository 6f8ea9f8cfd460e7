import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageDigest } from '../../../src/database/image.ts';
import { repage } from '../../../src/database/swap.ts';
import { readPublishedIndexes } from '../../../src/journal/fleet-history.ts';
import { newRunId } from '../../../src/run-id.ts';
import { altered, buildIndex } from '../indexes/indexes.ts';
import { type Published, startPublished } from '../machine/published.ts';
import { Admin } from './admin.ts';

export const KEY = 'db/index.sqlite3';
const TIMES = ['2024-03-01T10:00:00Z', '2024-03-02T10:00:00Z', '2024-03-03T10:00:00Z'] as const;
export const [FIRST, LATER, LAST] = TIMES;

/** An index with this name of a studio. */
export const named = (name: string) =>
  altered(buildIndex(), `UPDATE locations SET name = '${name}' WHERE id = 1`);
export const [A, B, C] = [named('a'), named('b'), named('c')];

/** The same rows in pages of 8 KiB. */
export function withLargePages(image: Buffer): Buffer {
  const place = mkdtempSync(join(tmpdir(), 'repage-'));
  try {
    return repage(image, 8192, join(place, 'scratch'));
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** A store, and admin hosts that publish to it. */
export class UndoScene {
  readonly published: Published;
  readonly #admins: Admin[] = [];

  private constructor(published: Published) {
    this.published = published;
  }

  static async start(): Promise<UndoScene> {
    return new UndoScene(await startPublished());
  }

  admin(more: ConstructorParameters<typeof Admin>[2] = {}): Admin {
    const one = new Admin(this.published.store, 'ada@office', more);
    this.#admins.push(one);
    return one;
  }

  /** Has the host publish these, each over the one before. Returns the runs. */
  async publish(ada: Admin, ...indexes: readonly Buffer[]): Promise<string[]> {
    const runs: string[] = [];
    for (const [nth, index] of indexes.entries()) {
      const run = newRunId();
      ada.put(index, TIMES[nth] ?? LAST);
      const { kind } = await ada.publish({ run });
      if (kind !== 'published') throw new Error(kind);
      runs.push(run);
    }
    return runs;
  }

  /** The `imageDigest` of what the store has. */
  async stored(): Promise<string> {
    const got = await this.published.store.get(KEY, { maxBytes: 2 ** 24 });
    return got.kind === 'found' ? imageDigest(got.bytes) : got.kind;
  }

  /** A store whose methods can be spread. */
  get store(): Published['store'] {
    const { store } = this.published;
    return {
      get: (...args) => store.get(...args),
      head: (...args) => store.head(...args),
      put: (...args) => store.put(...args),
      list: (...args) => store.list(...args),
    };
  }

  async close(): Promise<void> {
    for (const one of this.#admins) one.remove();
    await this.published.close();
  }
}

export const rowsOf = (ada: Admin) => readPublishedIndexes(ada.dbDir);

/** Paths of the copies that are kept. */
export function copiesOf(ada: Admin): string[] {
  const place = join(ada.dbDir, '.update_config/published');
  return readdirSync(place).map((name) => join(place, name));
}
