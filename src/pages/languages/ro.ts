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
};
