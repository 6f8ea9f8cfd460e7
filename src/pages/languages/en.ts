import type { Labels } from '../labels.ts';

/** English. */
export const EN: Labels = {
  home: 'Home',
  studios: 'Studios',
  regions: 'Regions',
  region: 'Region',
  events: 'Events',
  eventsOf: 'Events in {}',
  noEvents: 'No events yet.',
  request: 'Request a new event',
  requestByOwner: 'Studio owners: request an event',
  allStudiosIn: 'All studios in {}',
  allEventsOf: 'All events of {}',
  skip: 'Skip to the content',
  skipMaps: 'Skip the maps',
  maps: { us: 'Map of the United States', eu: 'Map of Europe', au: 'Map of Australia', jp: 'Map of Japan' },
  site: {
    kind: 'ballroom dance showcases',
    passwords: 'To open an event you need the password of its studio.',
    ownersOnly: 'For those who run this studio.',
    previous: 'Previous',
    next: 'Next',
    trail: 'You are here',
    around: 'Next to this page',
    admin: 'For administrators',
    docs: 'Documentation',
    demo: 'Demo',
    code: 'Source code',
    issues: 'Report a problem',
    copy: 'This server is a copy for emergencies. If nothing is wrong, please use {}.',
  },
};
