import { clean } from '../html/html.ts';
import type { Event, StudioYear } from '../index/index-model.ts';
import { placeNameAt } from '../maps/place-name.ts';
import type { SiteView } from './view.ts';

/** A value of JSON-LD. */
export type JsonLd = { readonly [key: string]: string | number | JsonLd | readonly JsonLd[] };

const CONTEXT = 'https://schema.org';

/**
 * Events as schema.org's `DanceEvent`, for search engines and calendars: those whose days are known. Addresses are in it
 * only if the site's own is known.
 *
 * @param addressOf a path from the host's top as an address; null where there is none
 */
export function describeEvents(
  view: SiteView,
  entries: readonly StudioYear[],
  addressOf: (href: string) => string | null,
): JsonLd[] {
  return entries.flatMap((entry) =>
    entry.events.flatMap((event) => {
      const days = view.whenOf(entry, event)?.days;
      if (!days || !isWholeDay(days.from)) return [];
      return {
        '@context': CONTEXT,
        '@type': 'DanceEvent',
        name: nameOf(entry, event),
        startDate: days.from,
        endDate: isWholeDay(days.to) ? days.to : days.from,
        ...addressed('url', addressOf(view.links.event(entry, event))),
        location: placeOf(entry),
        organizer: organizerOf(view, entry, addressOf),
      };
    }),
  );
}

/** `2026-05` is a month. */
function isWholeDay(text: string): boolean {
  return text.length === '2026-05-01'.length;
}

/** The one event of a studio is called `Showcase` by most, which says nothing away from its page. */
function nameOf({ studio, single }: StudioYear, event: Event): string {
  return clean(single ? `${studio.name}: ${event.name}` : event.name);
}

function placeOf({ studio }: StudioYear): JsonLd {
  const { lat, lon } = studio;
  const area = placeNameAt(lat, lon);
  const address: JsonLd | null = area && {
    '@type': 'PostalAddress',
    ...(area.code === null ? {} : { addressRegion: area.code }),
    addressCountry: area.country,
  };
  return {
    '@type': 'Place',
    name: clean(studio.name),
    ...(address ? { address } : {}),
    ...(lat === null || lon === null
      ? {}
      : { geo: { '@type': 'GeoCoordinates', latitude: lat, longitude: lon } }),
  };
}

function organizerOf(
  { links }: SiteView,
  { studio }: StudioYear,
  addressOf: (href: string) => string | null,
): JsonLd {
  return {
    '@type': 'Organization',
    name: clean(studio.name),
    ...addressed('url', addressOf(links.studio(studio.key))),
  };
}

function addressed(key: string, address: string | null): JsonLd {
  return address === null ? {} : { [key]: address };
}
