import type { Labels } from '../labels.ts';

/** Italian. */
export const IT: Labels = {
  home: 'Inizio',
  studios: 'Scuole',
  regions: 'Regioni',
  region: 'Regione',
  events: 'Eventi',
  eventsOf: 'Eventi del {}',
  noEvents: 'Ancora nessun evento.',
  request: 'Richiedi un nuovo evento',
  requestByOwner: 'Per i titolari della scuola: richiedi un evento',
  allStudiosIn: 'Tutte le scuole nel {}',
  allEventsOf: 'Tutti gli eventi: {}',
  skip: 'Vai al contenuto',
  skipMaps: 'Salta le mappe',
  maps: {
    us: 'Mappa degli Stati Uniti',
    eu: 'Mappa dell’Europa',
    au: 'Mappa dell’Australia',
    jp: 'Mappa del Giappone',
  },
};
