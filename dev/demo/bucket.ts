/** The embedded object store of a demo, and what others have put into it. */
import { join } from 'node:path';
import { databaseKey, renderTime } from '../../src/bucket/object-names.ts';
import { openDatabase } from '../../src/database/sqlite.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { createStore } from '../../src/store/store.ts';
import { type RunningObjectStore, startObjectStore } from '../store/server.ts';

const KEYS = { accessKeyId: 'demo', secretAccessKey: 'demo-secret' };
const BUCKET = 'showcase';

export class DemoBucket {
  readonly #server: RunningObjectStore;
  readonly #store: ObjectStore;

  /** @param parent the directory that gets its directory */
  static async start(parent: string): Promise<DemoBucket> {
    return new DemoBucket(
      await startObjectStore({ dir: join(parent, 'store'), bucket: BUCKET, ...KEYS, port: 0 }),
    );
  }

  private constructor(server: RunningObjectStore) {
    const { endpoint } = server;
    this.#server = server;
    this.#store = createStore({ ...KEYS, endpoint, region: 'auto', bucket: BUCKET, timeoutMs: 10_000 });
  }

  /** What leads a program to it. */
  get variables(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_ENDPOINT_URL_S3: this.#server.endpoint,
      BUCKET_NAME: BUCKET,
    };
  }

  /** As the admin host publishes an index. */
  async putIndex(image: Buffer): Promise<void> {
    await this.#put('index', image);
  }

  /** Gives each of these events a database, as the machine had uploaded it that served the event before. */
  async putDatabases(names: readonly string[]): Promise<void> {
    const db = openDatabase(':memory:');
    db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT, date TEXT)');
    const image = db.serialize();
    db.close();
    for (const name of names) await this.#put(name, image);
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  async #put(name: string, image: Buffer): Promise<void> {
    await this.#store.put(databaseKey(name), image, {
      condition: { replaces: 'anything' },
      metadata: { 'last-modified': renderTime(new Date()) },
      contentType: 'application/vnd.sqlite3',
    });
  }
}
