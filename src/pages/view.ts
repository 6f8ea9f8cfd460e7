import { prerenderPages } from '../generate/prerender.ts';
import type { Event, Index, Studio, StudioYear, Year } from '../index/index-model.ts';
import { countEvents } from '../index/index-model.ts';
import { dayLocale } from '../index/locale.ts';
import { type MapPlace, placeOnMap } from '../index/projection.ts';
import { type Days, readDays, readMachineDays } from '../index/read-dates.ts';
import { compareBytes } from '../index/sort-order.ts';
import { type PlaceName, placeNameAt } from '../maps/place-name.ts';
import { type DateStyle, DayWriter } from './format-dates.ts';
import { Links } from './links.ts';
import type { PagesOptions } from './pages-options.ts';
import { type SharePictures, sharePictures } from './share-pictures.ts';

/** A studio with all that its pages say. */
export interface StudioView {
  readonly studio: Studio;
  readonly place: MapPlace | null;
  /** The state, province or country; null where it is not known. */
  readonly area: PlaceName | null;
  /** Years descending; empty without events. */
  readonly entries: readonly StudioYear[];
  readonly events: number;
}

/** A deployed region. */
export interface RegionView {
  readonly code: string;
  readonly name: string;
  /** Degrees. */
  readonly lat: number | null;
  readonly lon: number | null;
  readonly place: MapPlace | null;
  /** As a studio's. */
  readonly area: PlaceName | null;
  /** By name. */
  readonly studios: readonly StudioView[];
  readonly events: number;
  /** Only regions that own events have one. */
  readonly hasPage: boolean;
}

/** When an event is. */
export interface When {
  readonly days: Days;
  /** Whether it is free text, which pages repeat. */
  readonly typed: boolean;
}

/** The index as pages need it: looked up once, so that no page looks through all of it. */
export interface SiteView {
  readonly links: Links;
  readonly site: PagesOptions;
  /** Whether showcase-web takes requests. */
  readonly hasWeb: boolean;
  /** None where pages have no address: nobody could be shown them. */
  readonly pictures: SharePictures;
  /** By name. */
  readonly studios: readonly StudioView[];
  readonly studioByKey: ReadonlyMap<string, StudioView>;
  /** By their codes, in the order of their names. */
  readonly regions: ReadonlyMap<string, RegionView>;
  /** Descending. */
  readonly years: readonly Year[];
  /** The newest two: where the next dates are, also around New Year. */
  readonly recent: readonly Year[];
  /** What an event's date says; null where it names no day. */
  whenOf(entry: StudioYear, event: Event): When | null;
  /** Of any locale, known or not. */
  writerFor(locale: string | null, style?: DateStyle): DayWriter;
}

export function viewOf(index: Index, site: PagesOptions): SiteView {
  const entries = entriesByStudio(index);
  const collator = new Intl.Collator('en', { numeric: true });
  const studios = index.studios
    .map((studio): StudioView => {
      const own = entries.get(studio.key) ?? [];
      return {
        studio,
        place: placeOnMap(studio.lat, studio.lon),
        area: placeNameAt(studio.lat, studio.lon),
        entries: own,
        events: countEvents(own),
      };
    })
    .sort(
      (a, b) => collator.compare(a.studio.name, b.studio.name) || compareBytes(a.studio.key, b.studio.key),
    );
  return {
    links: new Links(site.root),
    site,
    hasWeb: site.hasWeb,
    pictures: site.address === null ? new Map() : sharePictures(studios),
    studios,
    studioByKey: new Map(studios.map((view) => [view.studio.key, view])),
    regions: regionsOf(index, studios, collator),
    years: index.years,
    recent: index.years.slice(0, 2),
    whenOf: dateReader(),
    writerFor: dayWriters(),
  };
}

function entriesByStudio({ years }: Index): Map<string, StudioYear[]> {
  const byStudio = new Map<string, StudioYear[]>();
  for (const { studios } of years) {
    for (const entry of studios) {
      const known = byStudio.get(entry.studio.key);
      if (known) known.push(entry);
      else byStudio.set(entry.studio.key, [entry]);
    }
  }
  return byStudio;
}

function regionsOf(
  index: Index,
  studios: readonly StudioView[],
  collator: Intl.Collator,
): Map<string, RegionView> {
  const owned = new Map<string, StudioView[]>();
  for (const view of studios) {
    const code = view.studio.region;
    if (code === null) continue;
    const known = owned.get(code);
    if (known) known.push(view);
    else owned.set(code, [view]);
  }
  const withPage = new Set(prerenderPages(index).regions);
  return new Map(
    [...index.regions]
      .sort((a, b) => collator.compare(a.name, b.name) || compareBytes(a.code, b.code))
      .map(({ code, name, lat, lon }) => {
        const own = owned.get(code) ?? [];
        const events = own.reduce((sum, view) => sum + view.events, 0);
        return [
          code,
          {
            code,
            name,
            lat,
            lon,
            place: placeOnMap(lat, lon),
            area: placeNameAt(lat, lon),
            studios: own,
            events,
            hasPage: withPage.has(code),
          },
        ];
      }),
  );
}

/** Each event is listed on several pages. */
function dateReader(): SiteView['whenOf'] {
  const read = new Map<Event, When | null>();
  return ({ year, studio: { locale } }, event) => {
    if (event.date === null) return null;
    const known = read.get(event);
    if (known !== undefined) return known;
    const machine = readMachineDays(event.date);
    const days = machine ?? readDays(event.date, { year, locale });
    const when = days && { days, typed: machine === null };
    read.set(event, when);
    return when;
  };
}

function dayWriters(): SiteView['writerFor'] {
  const writers = new Map<string, DayWriter>();
  return (locale, style = 'long') => {
    const known = dayLocale(locale);
    const name = `${known} ${style}`;
    const writer = writers.get(name) ?? new DayWriter(known, style);
    writers.set(name, writer);
    return writer;
  };
}
