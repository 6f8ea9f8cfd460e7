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
  site: {
    kind: 'pokazy tańca towarzyskiego',
    passwords: 'Do otwarcia wydarzenia potrzebne jest hasło jego studia.',
    ownersOnly: 'Dla osób prowadzących to studio.',
    previous: 'Poprzednie',
    next: 'Następne',
    trail: 'Jesteś tutaj',
    around: 'Sąsiednie strony',
    admin: 'Dla administratorów',
    docs: 'Dokumentacja',
    demo: 'Wersja pokazowa',
    code: 'Kod źródłowy',
    issues: 'Zgłoś problem',
    copy: 'Ten serwer jest kopią na wypadek awarii. Jeśli wszystko działa, użyj {}.',
  },
};
