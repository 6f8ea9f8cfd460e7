import { clean } from '../html/html.ts';
import type { Event, StudioYear } from '../index/index-model.ts';
import type { SiteView } from './view.ts';

/** A value of JSON-LD. */
export type JsonLd = { readonly [key: string]: string | number | JsonLd | readonly JsonLd[] };

const CONTEXT = 'https://schema.org';

/** Within the page: the studio is where its events are, and who holds them. */
const STUDIO = '#studio';

/**
 * The events of one studio as schema.org's `DanceEvent`, for search engines and calendars: those whose days are known, and
 * the studio once, as their place and organizer. Null if there are none. Addresses are in it only if the site's own is known.
 *
 * @param addressOf a path from the host's top as an address; null where there is none
 */
export function describeEvents(
  view: SiteView,
  entries: readonly StudioYear[],
  addressOf: (href: string) => string | null,
): JsonLd | null {
  const [first] = entries;
  const events = entries.flatMap((entry) =>
    entry.events.map((event) => eventOf(view, entry, event, addressOf)).filter((event) => event !== null),
  );
  if (!first || events.length === 0) return null;
  return {
    '@context': CONTEXT,
    '@graph': [studioOf(view, first, addressOf), ...events],
  };
}

function eventOf(
  view: SiteView,
  entry: StudioYear,
  event: Event,
  addressOf: (href: string) => string | null,
): JsonLd | null {
  const days = view.whenOf(entry, event)?.days;
  if (!days || !isWholeDay(days.from)) return null;
  return {
    '@type': 'DanceEvent',
    name: nameOf(entry, event),
    startDate: days.from,
    ...(isWholeDay(days.to) && days.to !== days.from ? { endDate: days.to } : {}),
    ...addressed('url', addressOf(view.links.event(entry, event))),
    location: { '@id': STUDIO },
    organizer: { '@id': STUDIO },
  };
}

/** `2026-05` is a month. */
function isWholeDay(text: string): boolean {
  return text.length === '2026-05-01'.length;
}

/** The one event of a studio is called `Showcase` by most, which says nothing away from its page. */
function nameOf({ studio, single }: StudioYear, event: Event): string {
  return clean(single ? `${studio.name}: ${event.name}` : event.name);
}

/** A studio, which is both a place and an organization. */
function studioOf(
  { links, studioByKey }: SiteView,
  { studio }: StudioYear,
  addressOf: (href: string) => string | null,
): JsonLd {
  const { lat, lon } = studio;
  const area = studioByKey.get(studio.key)?.area ?? null;
  const address: JsonLd | null = area && {
    '@type': 'PostalAddress',
    ...(area.code === null ? {} : { addressRegion: area.code }),
    addressCountry: area.country,
  };
  return {
    '@type': 'LocalBusiness',
    '@id': STUDIO,
    name: clean(studio.name),
    ...addressed('url', addressOf(links.studio(studio.key))),
    ...(address ? { address } : {}),
    ...(lat === null || lon === null
      ? {}
      : { geo: { '@type': 'GeoCoordinates', latitude: lat, longitude: lon } }),
  };
}

function addressed(key: string, address: string | null): JsonLd {
  return address === null ? {} : { [key]: address };
}
