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
  site: {
    kind: 'spettacoli di ballo da sala',
    passwords: 'Per aprire un evento serve la password del suo studio.',
    ownersOnly: 'Per chi gestisce questo studio.',
    previous: 'Precedente',
    next: 'Successivo',
    trail: 'Ti trovi qui',
    around: 'Pagine vicine',
    admin: 'Per gli amministratori',
    docs: 'Documentazione',
    demo: 'Dimostrazione',
    code: 'Codice sorgente',
    issues: 'Segnala un problema',
    copy: 'Questo server è una copia di emergenza. Se tutto funziona, usa {}.',
  },
};
