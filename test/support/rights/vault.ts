import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { TENANTS } from './indexes.ts';
import { VAULT_SECRET } from './secrets.ts';
import type { SharedMachine } from './shared-machine.ts';

/** Names under which our programs read or make something, wherever they take a directory for theirs. */
const OUR_NAMES = [
  ...['htpasswd', 'map.yml', 'showcases.yml', 'tenants.list', 'navigator.yml', 'journal.db', 'repair.db'],
  ...['tenants.db', 'uploads.db', 'lock', 'again.pages', 'serving.pages', 'index.html', 'publish.lock'],
  ...['update_config', 'start', 'ready', 'resume', 'idle', 'tenant-stop', 'maintenance-config'].map(
    (name) => `${name}.log`,
  ),
  ...TENANTS.flatMap((name) => [`${name}.lock`, `${name}.copy`, `${name}.log`]),
];

const DATABASES = ['index', ...TENANTS].map((name) => `${name}.sqlite3`);

/**
 * Directories of root's that the application can look into and nothing more: one that holds secrets under every name that
 * our programs use, and one that is empty, whose files something would run (`/etc/cron.hourly`).
 */
export class Vault {
  /** Holds files of root's, 0600, which hold the secret. */
  readonly full: string;
  /** Holds nothing. */
  readonly empty: string;
  /** The same; root's group may write there. */
  readonly group: string;
  readonly #top: string;
  #before: string[];

  constructor(machine: SharedMachine) {
    this.#top = machine.make('vault');
    this.full = machine.make('vault/full');
    this.empty = machine.make('vault/cron.hourly');
    this.group = machine.make('vault/group', 0, 0o775);
    for (const name of ['locks', 'copies', 'generations', 'studios', 'ready', 'db', 'log']) {
      machine.make(`vault/full/${name}`);
    }
    for (const name of OUR_NAMES) machine.write(join(this.full, name), `${VAULT_SECRET}\n`, 0, 0o600);
    for (const name of DATABASES) {
      const db = openDatabase(join(this.full, name));
      db.exec(
        `CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT, date TEXT); INSERT INTO events VALUES (1, '${VAULT_SECRET}', 'x')`,
      );
      db.close();
      chmodSync(join(this.full, name), 0o600);
    }
    this.#before = this.look();
  }

  file(name: string): string {
    return join(this.full, name);
  }

  /** To be called when something was put there by a test. */
  lookAnew(): void {
    this.#before = this.look();
  }

  /** What somebody has changed there: lines of before and of now. */
  changes(): string[] {
    const now = this.look();
    return [
      ...this.#before.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
      ...now.filter((line) => !this.#before.includes(line)).map((line) => `+ ${line}`),
    ];
  }

  private look(): string[] {
    const names = readdirSync(this.#top, { recursive: true, encoding: 'utf8' });
    return ['', ...names].map((name) => describe(this.#top, name)).sort();
  }
}

/** Everything but the time of the last look. The time of the last change of owner or mode tells of what was taken back. */
function describe(top: string, name: string): string {
  const path = join(top, name);
  const stats = lstatSync(path, { bigint: true });
  const { mode, uid, gid, nlink, mtimeNs, ctimeNs } = stats;
  const link = stats.isSymbolicLink() ? readlinkSync(path) : '';
  const content = stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : link;
  return `${name} ${mode.toString(8)} ${uid}:${gid} ${nlink} ${mtimeNs} ${ctimeNs} ${content}`;
}
