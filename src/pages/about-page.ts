import { clean } from '../html/html.ts';
import type { Event, StudioYear, Year } from '../index/index-model.ts';
import { countEvents } from '../index/index-model.ts';
import { countryName } from '../maps/place-name.ts';
import type { RegionView, SiteView, StudioView } from './view.ts';
import { type Wording, wordingFor } from './wording.ts';

/** The site's name, the same in every language. */
export const SITE = 'Showcases';

/** A page and what it is called where another one leads to it. */
export interface Step {
  readonly href: string;
  readonly name: string;
}

/** What is said of a page around its content: to visitors, to search engines, and where a link to it is shown. */
export interface About {
  /** From the host's top; null for the page that is shown where there is none. */
  readonly href: string | null;
  /** The window's. */
  readonly title: string;
  /** A sentence or two of plain text. */
  readonly description: string;
  /** The pages above it, from the top down. */
  readonly trail: readonly Step[];
  /** What the page is called at the end of the trail. */
  readonly name: string;
  readonly previous?: Step | undefined;
  readonly next?: Step | undefined;
  /** The events that are described for programs. */
  readonly events?: readonly StudioYear[];
  /** Whether hints for newcomers stand at the top. */
  readonly hasHints?: boolean;
  /** The file with the logo of the studio that the page is about, in the public directory itself. */
  readonly logo?: string | null;
}

/** So many events a description names. */
const NAMED = 3;

export function aboutMissing(): About {
  return {
    href: null,
    title: `There is no such page – ${SITE}`,
    description: 'The address leads nowhere.',
    trail: [],
    name: SITE,
  };
}

export function aboutHome({ links, years, studios }: SiteView): About {
  const named = years.map(({ year }) => year).slice(0, 2);
  return {
    href: links.home,
    title: `${SITE}: ballroom dance events by year, studio and region`,
    description: `Ballroom dance showcases of ${studios.length} studios${named.length > 0 ? `, ${named.join(' and ')}` : ''}: when they are, and where.`,
    trail: [],
    name: SITE,
    hasHints: true,
  };
}

export function aboutStudios({ links, studios }: SiteView): About {
  return {
    href: links.studios,
    title: `Ballroom dance studios and their showcases – ${SITE}`,
    description: `${studios.length} studios that hold ballroom dance showcases, on maps and by name. Find one near you, and when it dances next.`,
    trail: [],
    name: 'Studios',
    hasHints: true,
  };
}

export function aboutRegions({ links, regions }: SiteView): About {
  return {
    href: links.regions,
    title: `Regions that serve the showcases – ${SITE}`,
    description: `The ${regions.size} places in the world from which the ballroom dance showcases are served, and the studios of each.`,
    trail: [],
    name: 'Regions',
    hasHints: true,
  };
}

export function aboutRegion({ links, regions }: SiteView, region: RegionView): About {
  const order = [...regions.values()].filter(({ hasPage }) => hasPage);
  const stepTo = ({ code, name }: RegionView): Step => ({ href: links.region(code), name });
  return {
    href: links.region(region.code),
    title: `${region.name} (${region.code}): studios and showcases – ${SITE}`,
    description: `Ballroom dance showcases of the ${region.studios.length} studios that are served from ${region.name}.`,
    trail: [{ href: links.regions, name: 'Regions' }],
    name: region.name,
    ...neighbours(order, region, stepTo),
  };
}

/** A year: the older one comes before it. */
export function aboutYear({ links, years }: SiteView, { year, studios }: Year): About {
  const stepTo = (other: Year): Step => ({ href: links.year(other.year), name: String(other.year) });
  const order = years.toReversed();
  return {
    href: links.year(year),
    title: `Ballroom dance showcases in ${year} – ${SITE}`,
    description: `All ${countEvents(studios)} ballroom dance showcases of ${year}, by date, of ${studios.length} studios.`,
    trail: [{ href: links.home, name: 'Home' }],
    name: String(year),
    ...neighbours(
      order,
      order.find((one) => one.year === year),
      stepTo,
    ),
  };
}

export function aboutStudio(view: SiteView, self: StudioView): About {
  const { links, studios } = view;
  const { studio, entries } = self;
  const wording = wordingFor(studio.locale);
  return {
    href: links.studio(studio.key),
    title: `${placed(self, wording)}: ${wording.labels.site.kind} – ${SITE}`,
    description: `${placed(self, wording)}: ${listed(view, entries, wording)}`,
    trail: [{ href: links.studios, name: wording.labels.studios }],
    name: studio.name,
    ...neighbours(studios, self, (other) => ({
      href: links.studio(other.studio.key),
      name: other.studio.name,
    })),
    // Those that are over for a year are of no use to a searcher.
    events: entries.slice(0, 1),
    logo: studio.logo,
  };
}

/** What a studio has in one year; the years before and after it that have a page, too. */
export function aboutStudioYear(view: SiteView, self: StudioView, year: number): About {
  const { links } = view;
  const { studio } = self;
  const wording = wordingFor(studio.locale);
  const entries = self.entries.filter((entry) => entry.year === year);
  const order = self.entries.filter(({ single }) => !single).toReversed();
  return {
    href: `${links.year(year)}${encodeURIComponent(studio.key)}/`,
    title: `${placed(self, wording)}, ${year}: ${wording.labels.site.kind} – ${SITE}`,
    description: `${placed(self, wording)}, ${year}: ${listed(view, entries, wording)}`,
    trail: [
      { href: links.studios, name: wording.labels.studios },
      { href: links.studio(studio.key), name: studio.name },
    ],
    name: String(year),
    ...neighbours(order, entries[0], (entry) => ({
      href: links.studioYear(entry),
      name: String(entry.year),
    })),
    logo: studio.logo,
  };
}

function neighbours<T>(
  order: readonly T[],
  self: T | undefined,
  stepTo: (one: T) => Step,
): Pick<About, 'previous' | 'next'> {
  const at = self === undefined ? -1 : order.indexOf(self);
  if (at < 0) return {};
  const [before, after] = [order[at - 1], order[at + 1]];
  return { previous: before && stepTo(before), next: after && stepTo(after) };
}

/** `Salem, Oregon`: there is more than one Salem. */
function placed({ studio, area }: StudioView, { lang }: Wording): string {
  if (!area) return clean(studio.name);
  return `${clean(studio.name)}, ${area.code === null ? countryName(area.country, lang) : area.name}`;
}

/** The newest events, with their dates. */
function listed(view: SiteView, entries: readonly StudioYear[], { lang, labels }: Wording): string {
  const events = entries.flatMap((entry) => entry.events.map((event) => ({ entry, event })));
  if (events.length === 0) return labels.noEvents;
  const texts = events.slice(0, NAMED).map(({ entry, event }) => textOf(view, entry, event, lang));
  return `${texts.join('; ')}${events.length > NAMED ? '; ...' : '.'}`;
}

function textOf(view: SiteView, entry: StudioYear, event: Event, lang: string): string {
  const when = view.whenOf(entry, event);
  const date = when && !when.typed ? view.writerFor(lang).write(when.days) : event.date;
  return `${clean(event.name)}, ${clean(date ?? String(entry.year))}`;
}
