import { patience, untilFree } from '../database/busy.ts';
import { openInstalled, readImage } from '../database/image.ts';
import type { Database } from '../database/sqlite.ts';
import { readRegions, regionFinder } from '../index/read-regions.ts';
import { indexFailure, indexMissing } from './index-failures.ts';
import { rowsIn, tablesOf } from './index-tables.ts';
import { type Rights, rightsOf } from './owner-rights.ts';
import * as lists from './row-lists.ts';
import * as views from './row-views.ts';

/** Milliseconds to wait for others who use the index. */
const PATIENCE_MS = 5000;
/** Milliseconds of attempts in which this process does nothing else. */
const LOOK_MS = 2;

/** The events of one studio in one year. */
export interface EventsOfYear {
  readonly year: number;
  readonly events: readonly views.EventView[];
}

/**
 * Reads rows of the live index, by a connection of its own for each call that no statement can write through. Nothing is
 * remembered between calls, so a right that was taken away is gone. Where another process is writing, it waits without
 * blocking this one.
 *
 * All methods throw {Failure} `busy`: others used the index for too long; `index-missing`, `index-invalid`, `disk`.
 */
export class IndexReader {
  readonly #path: string;
  readonly #patienceMs: number;

  constructor(path: string, patienceMs = PATIENCE_MS) {
    this.#path = path;
    this.#patienceMs = patienceMs;
  }

  /** The rights of a userid as they are at this moment. */
  rightsOf(userid: string): Promise<Rights> {
    return this.#read((db) =>
      rightsOf(userid, { users: rowsIn(db, 'users'), locations: rowsIn(db, 'locations') }),
    );
  }

  /** What an older index lacks, a sentence each; none for one that is up to date. */
  missing(): Promise<readonly string[]> {
    return this.#read((db) => tablesOf(db).missing);
  }

  users(query: lists.UserQuery = {}): Promise<lists.Page<views.UserView>> {
    return this.#read((db) => lists.listUsers(views.userViews(rowsOf(db)), query));
  }

  studios(query: lists.StudioQuery = {}): Promise<lists.Page<views.StudioView>> {
    return this.#read((db) => lists.listStudios(views.studioViews(rowsOf(db)), query));
  }

  events(query: lists.EventQuery = {}): Promise<lists.Page<views.EventView>> {
    return this.#read((db) => lists.listEvents(views.eventViews(rowsOf(db)), query));
  }

  regions(query: lists.RegionQuery = {}): Promise<lists.Page<views.RegionView>> {
    return this.#read((db) => lists.listRegions(views.regionViews(rowsOf(db)), query));
  }

  user(id: number): Promise<views.UserView | null> {
    return this.#read((db) => byId(views.userViews(rowsOf(db)), id));
  }

  studio(id: number): Promise<views.StudioView | null> {
    return this.#read((db) => byId(views.studioViews(rowsOf(db)), id));
  }

  event(id: number): Promise<views.EventView | null> {
    return this.#read((db) => byId(views.eventViews(rowsOf(db)), id));
  }

  region(id: number): Promise<views.RegionView | null> {
    return this.#read((db) => byId(views.regionViews(rowsOf(db)), id));
  }

  studioByKey(key: string): Promise<views.StudioView | null> {
    return this.#read((db) => views.studioViews(rowsOf(db)).find((row) => row.key === key) ?? null);
  }

  userByUserid(userid: string): Promise<views.UserView | null> {
    return this.#read((db) => views.userViews(rowsOf(db)).find((row) => row.userid === userid) ?? null);
  }

  /** The names that a user's sites may have: `index`, then those of all studios. */
  sites(): Promise<string[]> {
    return this.#read((db) => [
      'index',
      ...lists.listNames(views.studioViews(rowsOf(db)).map(({ name }) => name)),
    ]);
  }

  /** Code of the deployed region that is nearest to a place, in degrees; null for none. */
  nearestRegion(latitude: number, longitude: number): Promise<string | null> {
    return this.#read((db) => regionFinder(readRegions(db, []))(null, latitude, longitude));
  }

  /** Existing events of a studio, newest year first. */
  eventsOfStudio(key: string): Promise<EventsOfYear[]> {
    return this.#read((db) => {
      const events = views.eventViews(rowsOf(db)).filter((row) => row.studio === key && row.year !== null);
      const years = Map.groupBy(events, ({ year }) => Number(year));
      return [...years].map(([year, ofYear]) => ({ year, events: ofYear }));
    });
  }

  /** Reads rows in one transaction. */
  rows(): Promise<views.AllRows> {
    return this.#read(rowsOf);
  }

  /** The bytes of the index as it is now. */
  image(): Promise<Buffer> {
    return this.#read((db) => readImage(db));
  }

  async #read<T>(work: (db: Database) => T): Promise<T> {
    try {
      return await untilFree(patience(this.#path, this.#patienceMs, LOOK_MS), () => this.#readOnce(work));
    } catch (error) {
      throw indexFailure(this.#path, error);
    }
  }

  #readOnce<T>(work: (db: Database) => T): T {
    const db = openInstalled(this.#path, { busyTimeoutMs: 0 });
    if (!db) throw indexMissing(this.#path);
    try {
      return db.transaction(() => {
        tablesOf(db);
        return work(db);
      })();
    } finally {
      db.close();
    }
  }
}

function rowsOf(db: Database): views.AllRows {
  return {
    users: rowsIn(db, 'users'),
    locations: rowsIn(db, 'locations'),
    showcases: rowsIn(db, 'showcases'),
    regions: rowsIn(db, 'regions'),
  };
}

function byId<T extends { readonly id: number }>(rows: readonly T[], id: number): T | null {
  return rows.find((row) => row.id === id) ?? null;
}
