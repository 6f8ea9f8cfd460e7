import type { Labels } from '../labels.ts';

/** Romanian. */
export const RO: Labels = {
  home: 'Acasă',
  studios: 'Studiouri',
  regions: 'Regiuni',
  region: 'Regiune',
  events: 'Evenimente',
  eventsOf: 'Evenimente în {}',
  noEvents: 'Niciun eveniment deocamdată.',
  request: 'Solicită un eveniment nou',
  requestByOwner: 'Pentru proprietarii studioului: solicită un eveniment',
  allStudiosIn: 'Toate studiourile în {}',
  allEventsOf: 'Toate evenimentele: {}',
  skip: 'Sari la conținut',
  skipMaps: 'Sari peste hărți',
  maps: {
    us: 'Harta Statelor Unite',
    eu: 'Harta Europei',
    au: 'Harta Australiei',
    jp: 'Harta Japoniei',
  },
  site: {
    kind: 'spectacole de dans sportiv',
    passwords: 'Pentru a deschide un eveniment este nevoie de parola studioului său.',
    ownersOnly: 'Pentru cei care conduc acest studio.',
    previous: 'Anterior',
    next: 'Următor',
    trail: 'Sunteți aici',
    around: 'Pagini vecine',
    admin: 'Pentru administratori',
    docs: 'Documentație',
    demo: 'Demonstrație',
    code: 'Cod sursă',
    issues: 'Raportați o problemă',
    copy: 'Acest server este o copie pentru urgențe. Dacă totul funcționează, folosiți {}.',
  },
};
