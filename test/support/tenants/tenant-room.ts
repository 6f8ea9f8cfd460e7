import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { Index } from '../../../src/index/index-model.ts';
import { readIndex } from '../../../src/index/read-index.ts';
import type { EventBody } from '../../../src/report/events.ts';
import { siteFrom } from '../../../src/site/read-site.ts';
import type { Site } from '../../../src/site/site.ts';
import type { ObjectStore, StoreSettings } from '../../../src/store/object-store.ts';
import { prepareTenants } from '../../../src/tenants/prepare.ts';
import type { TenantContext, TenantsOutcome } from '../../../src/tenants/tenants-context.ts';
import { readTenantSettings } from '../../../src/tenants/tenants-settings.ts';
import { buildIndex } from '../indexes/indexes.ts';
import { versionImage } from '../install/images.ts';
import { storeEnvironment } from '../machine/published.ts';

/** Times of last change, a minute apart. */
export const T1 = new Date('2025-11-19T12:00:00Z');
export const T2 = new Date('2025-11-19T12:01:00Z');
export const T3 = new Date('2025-11-19T12:02:00Z');

/** What one run of `prepareTenants` came to. */
export interface Ran extends TenantsOutcome {
  readonly events: readonly EventBody[];
  /** `2025-boston changed: downloaded ...` for each that was told. */
  readonly items: readonly string[];
}

/** An index whose events are these databases, such as `2026-boston`. */
export function indexImage(names: readonly string[]): Buffer {
  const locations = names.map((name, at) => ({
    id: at + 1,
    key: name.slice(5),
    name: name.slice(5),
    latitude: 42,
    longitude: -71,
  }));
  const showcases = names.map((name, at) => ({
    year: Number(name.slice(0, 4)),
    key: 'showcase',
    name: 'Showcase',
    location_id: at + 1,
  }));
  return buildIndex({ locations, showcases });
}

function indexOf(names: readonly string[]): Index {
  const db = openImage(indexImage(names));
  try {
    return readIndex(db).index;
  } finally {
    db.close();
  }
}

/** A machine on which tenant databases are prepared, and its store. Removed when the test is over. */
export class TenantRoom {
  readonly home = mkdtempSync(join(tmpdir(), 'tenants-'));
  readonly appRoot = join(this.home, 'app');
  readonly dbDir = join(this.home, 'db');
  /** Variables that are read for the settings and handed to the prepare command. */
  env: Record<string, string> = { PATH: process.env['PATH'] ?? '' };
  store: ObjectStore | null;
  unexpected: unknown[] = [];

  constructor(store: ObjectStore | null) {
    this.store = store;
    for (const path of [this.appRoot, this.dbDir]) mkdirSync(path);
    onTestFinished(() => rmSync(this.home, { recursive: true, force: true }));
  }

  get site(): Site {
    return siteFrom(
      { APP_ROOT: this.appRoot, RAILS_DB_VOLUME: this.dbDir, FLY_APP_NAME: 'smooth', FLY_REGION: 'iad' },
      { defaultAppRoot: '/', hostname: 'test', totalMemoryBytes: 2 ** 31 },
      null,
    );
  }

  /** The variables of an executable on this machine, with that store. */
  storeEnv(settings: StoreSettings): Record<string, string> {
    return {
      ...this.env,
      ...storeEnvironment(settings),
      APP_ROOT: this.appRoot,
      RAILS_DB_VOLUME: this.dbDir,
      FLY_APP_NAME: 'smooth',
      FLY_REGION: 'iad',
    };
  }

  path(name: string): string {
    return join(this.dbDir, `${name}.sqlite3`);
  }

  /** Puts a database there, last changed at that time. */
  write(name: string, bytes: Buffer, time: Date): void {
    writeFileSync(this.path(name), bytes);
    utimesSync(this.path(name), time, time);
  }

  /** A live database in that journal mode, left by nobody. */
  writeLive(name: string, version: number, mode: 'wal' | 'delete', time: Date): void {
    writeFileSync(this.path(name), versionImage(version));
    const db = openDatabase(this.path(name));
    db.pragma(`journal_mode = ${mode}`);
    db.close();
    utimesSync(this.path(name), time, time);
  }

  modified(name: string): Date {
    return statSync(this.path(name)).mtime;
  }

  /** Gives the application these migrations. */
  migrations(...versions: string[]): void {
    mkdirSync(join(this.appRoot, 'db/migrate'), { recursive: true });
    for (const version of versions) writeFileSync(join(this.appRoot, `db/migrate/${version}_change.rb`), '');
  }

  /** A program of the application's, as a shell script. */
  program(name: string, script: string): string {
    const path = join(this.appRoot, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  }

  /** Everything in the db dir but the state directory. */
  files(): string[] {
    return readdirSync(this.dbDir)
      .filter((name) => name !== '.update_config')
      .sort();
  }

  context(report: TenantContext['report'], index: Index): TenantContext {
    return {
      site: this.site,
      settings: readTenantSettings(this.env),
      env: this.env,
      openStore: async () => this.store,
      readIndex: async () => index,
      report,
      unexpected: (error) => this.unexpected.push(error),
    };
  }

  async run(names: readonly string[], options: { dryRun?: boolean } = {}): Promise<Ran> {
    const events: EventBody[] = [];
    const request = { step: 'tenants', dryRun: options.dryRun ?? false };
    const index = indexOf(names);
    const outcome = await prepareTenants(
      this.context((event) => events.push(event), index),
      index,
      request,
    );
    const items = events.flatMap((event) =>
      event.type === 'item' ? [`${event.name} ${event.outcome}: ${event.detail}`] : [],
    );
    return { ...outcome, events, items };
  }
}
