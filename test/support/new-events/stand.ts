import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { buildIndex, HASH } from '../indexes/indexes.ts';
import { type Answered, Machine, type RunOptions } from '../machine/machine.ts';
import { type Published, startPublished } from '../machine/published.ts';
import { type RanHere, tenantsHere, updateHere } from '../machine/run-here.ts';
import { READY } from '../ready/ready.ts';
import { COMPILED } from '../suite/helpers.ts';
import { findPrepared, keepPrepared, type Prepared } from './prepared.ts';

export interface EventRow {
  readonly id: number;
  readonly studio?: 'boston' | 'camden' | 'sydney';
  readonly key?: string;
  readonly name?: string;
  readonly date?: string | null;
}

const STUDIOS = ['boston', 'camden', 'sydney'] as const;

/** An index of two regions, iad (Boston, Camden) and syd (Sydney), with these events of 2026. */
export function indexOf(...events: readonly EventRow[]): Buffer {
  return buildIndex({
    users: [{ id: 1, userid: 'ada', password: `ada:${HASH}`, email: 'ada@example.com', sites: 'index' }],
    regions: [
      { id: 1, type: 'fly', code: 'iad', location: 'Ashburn', latitude: 39, longitude: -77.5 },
      { id: 2, type: 'fly', code: 'syd', location: 'Sydney', latitude: -33.9, longitude: 151.2 },
    ],
    locations: STUDIOS.map((key, at) => ({
      id: at + 1,
      key,
      name: key,
      region: key === 'sydney' ? 'syd' : 'iad',
      latitude: 40 + at,
      longitude: -71,
    })),
    showcases: events.map(({ id, studio = 'boston', key = 'showcase', name = 'Showcase', date = null }) => ({
      id,
      year: 2026,
      key,
      name,
      date,
      order: id,
      location_id: STUDIOS.indexOf(studio) + 1,
    })),
  });
}

/** Gives an application its migrations and commands, in directories that are there. */
export function addRails(appRoot: string): void {
  for (const directory of ['bin', 'db/migrate', 'db/seeds', 'tmp/rails']) {
    mkdirSync(join(appRoot, directory), { recursive: true });
  }
  for (const version of ['20240101000000', '20260101000000']) {
    writeFileSync(join(appRoot, `db/migrate/${version}_change.rb`), '');
  }
  writeFileSync(join(appRoot, 'db/seeds.rb'), "require_relative 'seeds/generic.rb'\n");
  const script = join(import.meta.dirname, 'rails-process.ts');
  const run = `NODE_COMPILE_CACHE='${COMPILED}' exec '${process.execPath}' '${script}' "$@"`;
  writeFileSync(join(appRoot, 'bin/rails'), `#!/bin/sh\n${run}\n`, { mode: 0o755 });
}

/** What stands in the database of an event, as the application reads it. */
export interface Content {
  readonly events: readonly {
    readonly name: string;
    readonly date: string | null;
    readonly location: string;
  }[];
  readonly migrations: readonly string[];
  readonly studios: number;
  readonly check: string;
}

export function contentOf(path: string): Content {
  const db = openDatabase(path, { readonly: true, fileMustExist: true });
  try {
    return {
      events: db.prepare('SELECT name, date, location FROM events').all() as Content['events'],
      migrations: db.prepare('SELECT version FROM schema_migrations ORDER BY 1').pluck().all() as string[],
      studios: Number(db.prepare('SELECT count(*) FROM studios').pluck().get()),
      check: String(db.pragma('quick_check', { simple: true })),
    };
  } finally {
    db.close();
  }
}

/** What a seeded database holds for that event. */
export function seeded(name: string, date: string | null): Content {
  return {
    events: [{ name, date, location: 'TBD' }],
    migrations: ['20240101000000', '20260101000000'],
    studios: 1,
    check: 'ok',
  };
}

/** A machine in iad with the platform's commands, and its store. Removed when the test is over. */
export class Stand {
  readonly machine: Machine;
  readonly published: Published;
  #at = Date.parse('2026-01-02T03:04:05Z');

  private constructor(published: Published, env: Record<string, string>, known?: Prepared) {
    this.published = published;
    const variables = {
      ...published.env,
      FLY_APP_NAME: 'smooth',
      FLY_REGION: 'iad',
      FLY_MACHINE_ID: 'd8912',
      // Tests run as root; so do the commands here.
      APP_USER: 'root',
      ...env,
    };
    this.machine = new Machine(variables, tmpdir(), known?.home);
    if (known) cpSync(known.copy, known.home, { recursive: true, preserveTimestamps: true });
    else addRails(this.machine.appRoot);
  }

  static async open(env: Record<string, string> = {}, known?: Prepared): Promise<Stand> {
    const published = await startPublished();
    const stand = new Stand(published, env, known);
    onTestFinished(async () => {
      stand.machine.remove();
      await published.close();
    });
    return stand;
  }

  /** One on which an index with these events is installed, and the ready hook has been. */
  static async ready(events: readonly EventRow[], env: Record<string, string> = {}): Promise<Stand> {
    // How long it waits for something has no part in what is prepared.
    const isWait = (name: string) => name.endsWith('_TIMEOUT');
    const lasting = Object.fromEntries(Object.entries(env).filter(([name]) => !isWait(name)));
    const key = JSON.stringify([events, lasting]);
    const known = findPrepared(key);
    const stand = await Stand.open(lasting, known);
    await stand.publish(...events);
    if (!known) {
      await stand.updateHere();
      await stand.hookHere();
      stand.forget();
      keepPrepared(key, stand.machine.home);
    }
    stand.machine.env = { ...stand.machine.env, ...env };
    return stand;
  }

  async publish(...events: readonly EventRow[]): Promise<void> {
    this.#at += 60_000;
    await this.published.publish(indexOf(...events), new Date(this.#at));
  }

  async hook(args: readonly string[] = ['--only', 'tenants'], options: RunOptions = {}): Promise<Answered> {
    return await this.machine.run(args, { executable: READY, ...options });
  }

  /** The same, and an update, without a process of its own: not while the test has a database open. */
  async hookHere(): Promise<RanHere> {
    return await tenantsHere(this.machine);
  }

  async updateHere(how?: 'update' | 'rollback') {
    return await updateHere(this.machine, how);
  }

  path(name: string): string {
    return join(this.machine.dbDir, `${name}.sqlite3`);
  }

  exists(name: string): boolean {
    return existsSync(this.path(name));
  }

  content(name: string): Content {
    return contentOf(this.path(name));
  }

  /** What the commands were asked for since they were forgotten: `db:seed 2026-boston`. */
  asked(): string[] {
    const path = join(this.machine.appRoot, 'tmp/rails/asked');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ').slice(0, 2).join(' '));
  }

  forget(): void {
    rmSync(join(this.machine.appRoot, 'tmp/rails/asked'), { force: true });
  }

  /** Makes the commands fail, or wait, for the database of that name; `template` is the prepared one. */
  control(what: 'fail' | 'hang', name: string): void {
    writeFileSync(join(this.machine.appRoot, `tmp/rails/${what}-${name}`), '');
  }

  /** Has a command that waits go on. */
  release(name: string): void {
    rmSync(join(this.machine.appRoot, `tmp/rails/hang-${name}`));
  }

  /** The prepared database for new events. */
  templates(): string[] {
    return readdirSync(join(this.machine.dbDir, '.update_config')).filter((name) =>
      name.includes('template-'),
    );
  }

  /** Takes the prepared one away, so that the commands must run. */
  dropTemplate(): void {
    for (const name of this.templates()) rmSync(join(this.machine.dbDir, '.update_config', name));
  }

  async upload(name: string, bytes: Buffer, at: Date): Promise<void> {
    await this.published.store.put(`db/${name}.sqlite3`, bytes, {
      condition: { replaces: 'anything' },
      metadata: { 'last-modified': at.toISOString() },
      contentType: 'application/vnd.sqlite3',
    });
  }

  /** Names in the db dir that belong to no run that has ended. */
  litter(): string[] {
    const state = join(this.machine.dbDir, '.update_config');
    const all = [this.machine.dbDir, state, join(state, 'moves')]
      .filter(existsSync)
      .flatMap((directory) => readdirSync(directory).map((name) => name));
    return all.filter((name) => /^\.(?!update_config)|\.json$/.test(name));
  }

  modified(name: string): Date {
    return statSync(this.path(name)).mtime;
  }
}
