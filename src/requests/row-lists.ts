import type { EventView, RegionView, StudioView, UserView } from './row-views.ts';
import { compare } from './row-views.ts';

/** A part of a list. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** How many there are on all pages. */
  readonly total: number;
  /** From 1; the last one where a later one was asked for. */
  readonly page: number;
  readonly pages: number;
}

interface ListQuery {
  /** Words that must all be in the row, in any order, letters of either case. */
  readonly text?: string;
  /** From 1. */
  readonly page?: number;
}

export interface EventQuery extends ListQuery {
  readonly year?: number;
  /** Key. */
  readonly studio?: string;
}

export interface StudioQuery extends ListQuery {
  /** Code as the rows have it; '' for those that name none. */
  readonly region?: string;
  /** Userid; '' for those without. */
  readonly owner?: string;
}

export interface UserQuery extends ListQuery {
  /** Name of a studio, or `index`. */
  readonly site?: string;
  readonly hasPassword?: boolean;
}

export interface RegionQuery extends ListQuery {
  readonly type?: string;
}

const PAGE_SIZE = 50;

export function listEvents(rows: readonly EventView[], query: EventQuery): Page<EventView> {
  const { year, studio } = query;
  const wanted = rows.filter(
    (row) => (year === undefined || row.year === year) && (studio === undefined || row.studio === studio),
  );
  return pageOf(wanted, query, (row) => [row.name, row.key, row.path, row.studioName, row.date]);
}

export function listStudios(rows: readonly StudioView[], query: StudioQuery): Page<StudioView> {
  const { region, owner } = query;
  const wanted = rows
    .filter((row) => (region === undefined || row.region === region) && (owner ?? row.owner) === row.owner)
    .sort((a, b) => compare(fold(a.name), fold(b.name)) || a.id - b.id);
  return pageOf(wanted, query, (row) => [row.name, row.key, row.owner, row.region, ...row.sisters]);
}

export function listUsers(rows: readonly UserView[], query: UserQuery): Page<UserView> {
  const { site, hasPassword } = query;
  const wanted = rows
    .filter(
      (row) =>
        (site === undefined || row.sites.includes(site)) &&
        (hasPassword ?? row.hasPassword) === row.hasPassword,
    )
    .sort((a, b) => compare(fold(a.userid), fold(b.userid)) || a.id - b.id);
  return pageOf(wanted, query, (row) => [row.userid, row.email, row.name1, row.name2, ...row.sites]);
}

export function listRegions(rows: readonly RegionView[], query: RegionQuery): Page<RegionView> {
  const wanted = rows
    .filter((row) => (query.type ?? row.type) === row.type)
    .sort((a, b) => compare(a.code, b.code) || a.id - b.id);
  return pageOf(wanted, query, (row) => [row.code, row.location, row.type]);
}

/** Names as people look for them, each once. */
export function listNames(names: readonly string[]): string[] {
  const known = new Set(names.map((name) => name.trim()).filter((name) => name !== ''));
  return [...known].sort((a, b) => compare(fold(a), fold(b)) || compare(a, b));
}

/** Letters of either case are alike, and so are those that only look so (full width). */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function pageOf<T>(rows: readonly T[], query: ListQuery, textsOf: (row: T) => readonly string[]): Page<T> {
  const words = fold(query.text ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = words.length === 0 ? rows : rows.filter((row) => holdsAll(textsOf(row), words));
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const asked = Number.isSafeInteger(query.page) ? (query.page ?? 1) : 1;
  const page = Math.min(Math.max(1, asked), pages);
  const rowsOfPage = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  return { rows: rowsOfPage, total: found.length, page, pages };
}

function holdsAll(texts: readonly string[], words: readonly string[]): boolean {
  const text = fold(texts.join('\n'));
  return words.every((word) => text.includes(word));
}
