import { html } from '../../html/html.ts';
import {
  fold,
  listEvents,
  listNames,
  listRegions,
  listStudios,
  listUsers,
} from '../../requests/row-lists.ts';
import {
  compare,
  type EventView,
  eventViews,
  type RegionView,
  regionViews,
  type StudioView,
  studioViews,
  type UserView,
  userViews,
} from '../../requests/row-views.ts';
import { filterField, pageNumber, searchField } from '../layout/list-parts.ts';
import { badge } from '../layout/pieces.ts';
import type { Route } from '../route.ts';
import { editRoutes } from './edit-routes.ts';
import { EVENTS } from './event-kind.ts';
import { type ListKind, listRoute } from './list-routes.ts';
import { REGIONS } from './region-kind.ts';
import { STUDIOS } from './studio-kind.ts';
import { USERS } from './user-kind.ts';

const eventList: ListKind<EventView> = {
  title: 'Events',
  filters: ['text', 'year', 'studio'],
  rows: (all, query) =>
    listEvents(eventViews(all), {
      ...common(query),
      ...wholeNumber(query, 'year'),
      ...given(query, 'studio'),
    }),
  fields: (query, all) => {
    const years = [...new Set(all.showcases.map(({ year }) => String(year ?? '')))].sort().reverse();
    const studios = [...studioViews(all)].sort((a, b) => compare(fold(a.name), fold(b.name)));
    return [
      searchField(query, 'text', 'Search'),
      filterField(query, 'year', 'Year', [['', 'All years'], ...years.map((year) => [year, year] as const)]),
      filterField(query, 'studio', 'Studio', [
        ['', 'All studios'],
        ...studios.map(({ key, name }) => [key, name] as const),
      ]),
    ];
  },
  heading: 'Event',
  name: ({ name, key }) => name || key,
  columns: () => [
    { heading: 'Studio', cell: ({ studioName, studio }) => studioName || studio || '?' },
    { heading: 'Date', cell: ({ date, year }) => date || year },
    { heading: 'Address', cell: ({ path }) => html`<span class="quiet">/${path}/</span>` },
  ],
};

const studioList: ListKind<StudioView> = {
  title: 'Studios',
  filters: ['text', 'region', 'owner'],
  rows: (all, query) =>
    listStudios(studioViews(all), { ...common(query), ...given(query, 'region'), ...given(query, 'owner') }),
  fields: (query, all) => {
    const regions = regionViews(all).filter(({ type }) => type === 'fly');
    return [
      searchField(query, 'text', 'Search'),
      filterField(query, 'region', 'Region', [
        ['', 'All regions'],
        [NONE, 'The nearest'],
        ...regions.map(({ code, location }) => [code, `${code} (${location})`] as const),
      ]),
      filterField(query, 'owner', 'Owner', [
        ['', 'Anybody'],
        [NONE, 'Nobody'],
      ]),
    ];
  },
  heading: 'Studio',
  name: ({ name, key }) => name || key,
  columns: (call) => [
    { heading: 'Key', cell: ({ key }) => key },
    { heading: 'Region', cell: ({ region }) => region || html`<span class="quiet">the nearest</span>` },
    { heading: 'Owner', cell: ({ owner }) => owner || html`<span class="quiet">nobody</span>` },
    {
      heading: 'Events',
      isNumber: true,
      cell: ({ key, events, name }) =>
        html`<a href="${call.link(`/admin/events/?studio=${encodeURIComponent(key)}`)}">${events}<span class="hidden"> of ${name}</span></a>`,
    },
  ],
};

const userList: ListKind<UserView> = {
  title: 'Users',
  filters: ['text', 'site', 'password'],
  rows: (all, query) => {
    const password = query.get('password');
    const hasPassword = password === 'yes' ? true : password === NONE ? false : null;
    return listUsers(userViews(all), {
      ...common(query),
      ...given(query, 'site'),
      ...(hasPassword === null ? {} : { hasPassword }),
    });
  },
  fields: (query, all) => {
    const sites = listNames(studioViews(all).map(({ name }) => name));
    return [
      searchField(query, 'text', 'Search'),
      filterField(query, 'site', 'May enter', [
        ['', 'Anything'],
        ['index', 'Everything: administrators'],
        ...sites.map((name) => [name, name] as const),
      ]),
      filterField(query, 'password', 'Password', [
        ['', 'Any'],
        ['yes', 'Is set'],
        [NONE, 'None'],
      ]),
    ];
  },
  heading: 'User',
  name: ({ userid }) => userid,
  columns: () => [
    { heading: 'Name', cell: ({ name1, name2 }) => [name1, name2].filter((name) => name !== '').join(', ') },
    { heading: 'E-mail', cell: ({ email }) => email },
    {
      heading: 'May enter',
      cell: ({ sites }) => (sites.includes('index') ? badge('good', 'administrator') : shortened(sites)),
    },
    {
      heading: 'Password',
      cell: ({ hasPassword }) => (hasPassword ? 'is set' : badge('wait', 'none')),
    },
  ],
};

const regionList: ListKind<RegionView> = {
  title: 'Regions',
  filters: ['text', 'type'],
  rows: (all, query) => listRegions(regionViews(all), { ...common(query), ...given(query, 'type') }),
  fields: (query) => [
    searchField(query, 'text', 'Search'),
    filterField(query, 'type', 'Type', [
      ['', 'All'],
      ['fly', 'fly'],
      ['kamal', 'kamal'],
    ]),
  ],
  heading: 'Region',
  name: ({ code }) => code,
  columns: (call) => [
    { heading: 'Place', cell: ({ location }) => location },
    { heading: 'Type', cell: ({ type }) => type },
    {
      heading: 'Studios that name it',
      isNumber: true,
      cell: ({ code, studios }) =>
        html`<a href="${call.link(`/admin/studios/?region=${encodeURIComponent(code)}`)}">${studios}<span class="hidden"> in ${code}</span></a>`,
    },
  ],
};

/** Stands in addresses for "has none": an empty parameter is one that was not chosen. */
const NONE = 'none';

const MOST_SITES = 3;

function shortened(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SITES).join(', ');
  return names.length > MOST_SITES ? `${shown} and ${names.length - MOST_SITES} more` : shown;
}

function common(query: URLSearchParams): { text: string; page: number } {
  return { text: query.get('text') ?? '', page: pageNumber(query) };
}

/** What was chosen; `none` is the empty value. */
function given<Name extends string>(query: URLSearchParams, name: Name): { [K in Name]?: string } {
  const value = query.get(name) ?? '';
  if (value === '') return {};
  return { [name]: value === NONE ? '' : value } as { [K in Name]?: string };
}

function wholeNumber<Name extends string>(query: URLSearchParams, name: Name): { [K in Name]?: number } {
  const value = query.get(name) ?? '';
  return /^\d{1,6}$/.test(value) ? ({ [name]: Number(value) } as { [K in Name]?: number }) : {};
}

export const ROUTES: readonly Route[] = [
  listRoute(EVENTS, eventList),
  ...editRoutes(EVENTS),
  listRoute(STUDIOS, studioList),
  ...editRoutes(STUDIOS),
  listRoute(USERS, userList),
  ...editRoutes(USERS),
  listRoute(REGIONS, regionList),
  ...editRoutes(REGIONS),
];
