import type { Labels } from '../labels.ts';

/** French. */
export const FR: Labels = {
  home: 'Accueil',
  studios: 'Studios',
  regions: 'Régions',
  region: 'Région',
  events: 'Événements',
  eventsOf: 'Événements de {}',
  noEvents: 'Aucun événement pour le moment.',
  request: 'Demander un nouvel événement',
  requestByOwner: 'Propriétaires du studio : demander un événement',
  allStudiosIn: 'Tous les studios en {}',
  allEventsOf: 'Tous les événements : {}',
  skip: 'Aller au contenu',
  skipMaps: 'Passer les cartes',
  maps: {
    us: 'Carte des États-Unis',
    eu: 'Carte de l’Europe',
    au: 'Carte de l’Australie',
    jp: 'Carte du Japon',
  },
};
