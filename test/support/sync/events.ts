import { cpSync, existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSyncDatabases } from '../../../src/app/databases/sync-command.ts';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import type { SyncResult } from '../../../src/sync/upload-model.ts';
import { buildIndex, type PlainRow } from '../indexes/indexes.ts';
import { Machine, ROOT, type RunOptions } from '../machine/machine.ts';

export const SCRIPTS = {
  'sync-databases': join(ROOT, 'scripts/sync-databases'),
  idle: join(ROOT, 'scripts/idle'),
  'tenant-stop': join(ROOT, 'scripts/tenant-stop'),
} as const;

/** Two regions with a studio each, and a studio that no region owns; every event of 2026 is single. */
export function eventIndex(extra: { iad?: readonly string[]; boston?: string } = {}): Buffer {
  const studios: readonly PlainRow[] = [
    { id: 1, key: 'boston', name: 'Boston', region: extra.boston ?? 'iad' },
    { id: 2, key: 'sydney', name: 'Sydney', region: 'syd' },
    { id: 3, key: 'nowhere', name: 'Nowhere' },
    ...(extra.iad ?? []).map((key, at) => ({ id: 10 + at, key, name: key, region: 'iad' })),
  ];
  return buildIndex({
    regions: [
      { id: 1, type: 'fly', code: 'iad', location: 'Ashburn', latitude: 39, longitude: -77.5 },
      { id: 2, type: 'fly', code: 'syd', location: 'Sydney', latitude: -33.9, longitude: 151.2 },
    ],
    locations: studios,
    showcases: studios.map(({ id }) => ({
      id: id ?? 0,
      year: 2026,
      key: 'showcase',
      name: 'Showcase',
      order: 1,
      location_id: id ?? 0,
    })),
  });
}

/** A Fly machine with an index installed. */
export class Region extends Machine {
  constructor(code: string, store: Record<string, string>, index: Buffer = eventIndex()) {
    super({ FLY_APP_NAME: 'smooth', FLY_REGION: code, FLY_MACHINE_ID: `machine-${code}`, ...store });
    writeFileSync(this.path('index.sqlite3'), index);
  }

  /** Another machine with all that this one has on its volume. */
  twin(code: string, index?: Buffer): Region {
    const { APP_ROOT: _, RAILS_DB_VOLUME: __, FLY_REGION: ___, ...rest } = this.env;
    const twin = new Region(code, rest);
    cpSync(this.dbDir, twin.dbDir, { recursive: true, preserveTimestamps: true });
    if (index) writeFileSync(twin.path('index.sqlite3'), index);
    return twin;
  }

  tenant(name: string): string {
    return join(this.dbDir, `${name}.sqlite3`);
  }

  /** Writes to a tenant's database, which is made if need be, and gives it that time. */
  write(name: string, event: string, at?: Date): void {
    const path = this.tenant(name);
    writeEvent(path, event);
    if (at) utimesSync(path, at, at);
  }

  /** What the tenant's database says. */
  event(name: string): string | null {
    return existsSync(this.tenant(name)) ? eventOf(openDatabase(this.tenant(name))) : null;
  }

  /** Copies that were kept because somebody else was faster. */
  keptAside(): string[] {
    return readdirSync(this.dbDir).filter((name) => name.includes('.changed-elsewhere-'));
  }

  async script(name: keyof typeof SCRIPTS, args: readonly string[] = [], options: RunOptions = {}) {
    return await this.run(args, { ...options, executable: SCRIPTS[name] });
  }

  /** `sync-databases --json` */
  async sync(args: readonly string[] = [], options: RunOptions = {}): Promise<SyncResult> {
    const { stdout } = await this.script('sync-databases', ['--json', ...args], options);
    return JSON.parse(stdout) as SyncResult;
  }

  /** `sync-databases` without a process of its own: for what stands before or after that which is tested, and for its tables. */
  async runHere(args: readonly string[] = [], env: Record<string, string> = {}) {
    const world = { env: { ...this.env, ...env }, defaultAppRoot: this.appRoot, name: 'sync-databases' };
    const [out, wrong]: string[][] = [[], []];
    const output = {
      write: (text: string) => void out?.push(text),
      complain: (text: string) => void wrong?.push(text),
      terminal: null,
    };
    const exitCode = await runSyncDatabases(world, args, output);
    return { exitCode, stdout: out?.join('') ?? '', stderr: wrong?.join('') ?? '' };
  }

  /** The same with `--json`. */
  async syncHere(args: readonly string[] = []): Promise<SyncResult> {
    return JSON.parse((await this.runHere(['--json', ...args])).stdout) as SyncResult;
  }
}

function writeEvent(path: string, event: string): void {
  const db = openDatabase(path);
  db.exec('CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, name TEXT, date TEXT)');
  db.prepare("INSERT OR REPLACE INTO events VALUES (1, ?, '2026-05-01')").run(event);
  db.close();
}

export function eventOf(db: Database): string | null {
  try {
    return db.prepare<[], string>('SELECT name FROM events').pluck().get() ?? null;
  } finally {
    db.close();
  }
}
