import type { Labels } from '../labels.ts';

/** German. */
export const DE: Labels = {
  home: 'Startseite',
  studios: 'Studios',
  regions: 'Regionen',
  region: 'Region',
  events: 'Veranstaltungen',
  eventsOf: 'Veranstaltungen im Jahr {}',
  noEvents: 'Noch keine Veranstaltungen.',
  request: 'Neue Veranstaltung anfragen',
  requestByOwner: 'Für Studioinhaber: Veranstaltung anfragen',
  allStudiosIn: 'Alle Studios im Jahr {}',
  allEventsOf: 'Alle Veranstaltungen: {}',
  skip: 'Zum Inhalt springen',
  skipMaps: 'Karten überspringen',
  maps: {
    us: 'Karte der Vereinigten Staaten',
    eu: 'Karte von Europa',
    au: 'Karte von Australien',
    jp: 'Karte von Japan',
  },
};
