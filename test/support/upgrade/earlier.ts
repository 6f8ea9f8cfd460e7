import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { type Answered, ROOT } from '../machine/machine.ts';
import { type Published, startPublished } from '../machine/published.ts';
import { EmptyRoot } from '../system/empty-root.ts';
import { ADMIN_HOST, FIXTURE, MACHINE, type Place, runInside, STORED } from './places.ts';

interface Stored {
  readonly key: string;
  readonly metadata: Record<string, string>;
  readonly base64: string;
}

/** The two installations of an earlier release as it left them, with today's executables, and the store as it was then. */
export class Upgraded {
  readonly #directory: string;
  readonly root: EmptyRoot;
  readonly published: Published;

  private constructor(directory: string, root: EmptyRoot, published: Published) {
    this.#directory = directory;
    this.root = root;
    this.published = published;
  }

  static async open(): Promise<Upgraded> {
    const directory = mkdtempSync(join(tmpdir(), 'upgraded-'));
    const root = await EmptyRoot.open(directory);
    const archive = join(FIXTURE, 'state.tar.gz');
    execFileSync('tar', [
      '--extract',
      '--file',
      archive,
      '--directory',
      root.outside('/'),
      '--same-permissions',
    ]);
    for (const { appRoot } of [MACHINE, ADMIN_HOST]) {
      for (const folder of ['cgi-bin', 'scripts'])
        cpSync(join(ROOT, folder), root.outside(join(appRoot, folder)), { recursive: true });
    }
    const published = await startPublished();
    const stored = JSON.parse(readFileSync(root.outside(STORED), 'utf8')) as Stored[];
    for (const { key, metadata, base64 } of stored) {
      const { kind } = await published.store.put(key, Buffer.from(base64, 'base64'), {
        condition: { replaces: 'nothing' },
        contentType: 'application/octet-stream',
        metadata,
      });
      if (kind !== 'stored') throw new Error(`${key}: ${kind}`);
    }
    const { endpoint, bucket } = published.settings;
    moveStore(root.outside(join(ADMIN_HOST.dbDir, '.update_config/journal.db')), `${endpoint}/${bucket}`);
    return new Upgraded(directory, root, published);
  }

  run(
    place: Place,
    script: string,
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<Answered> {
    return runInside(this.root, place, script, args, { ...this.published.env, ...env });
  }

  async close(): Promise<void> {
    await this.published.close();
    await this.root.close();
    rmdirSync(this.#directory);
  }
}

/** Has a journal remember what was published as of the store where it is today, which had another port then. */
function moveStore(path: string, store: string): void {
  const db = openDatabase(readFileSync(path));
  const { changes } = db
    .prepare("UPDATE meta SET key = 'published ' || ? WHERE key LIKE 'published %'")
    .run(store);
  if (changes !== 1) throw new Error(`${path} does not say what was published`);
  writeFileSync(path, db.serialize());
  db.close();
}
