import type { Labels } from '../labels.ts';

/** Polish. */
export const PL: Labels = {
  home: 'Strona główna',
  studios: 'Studia',
  regions: 'Regiony',
  region: 'Region',
  events: 'Wydarzenia',
  eventsOf: 'Wydarzenia w roku {}',
  noEvents: 'Nie ma jeszcze wydarzeń.',
  request: 'Zgłoś nowe wydarzenie',
  requestByOwner: 'Dla właścicieli studia: zgłoś wydarzenie',
  allStudiosIn: 'Wszystkie studia w roku {}',
  allEventsOf: 'Wszystkie wydarzenia: {}',
  skip: 'Przejdź do treści',
  skipMaps: 'Pomiń mapy',
  maps: { us: 'Mapa Stanów Zjednoczonych', eu: 'Mapa Europy', au: 'Mapa Australii', jp: 'Mapa Japonii' },
};
