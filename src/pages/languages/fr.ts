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
  site: {
    kind: 'spectacles de danse de salon',
    passwords: 'Pour ouvrir un événement, il faut le mot de passe de son studio.',
    ownersOnly: 'Pour les responsables de ce studio.',
    previous: 'Précédent',
    next: 'Suivant',
    trail: 'Vous êtes ici',
    around: 'Pages voisines',
    admin: 'Pour les administrateurs',
    docs: 'Guide',
    demo: 'Démonstration',
    code: 'Code source',
    issues: 'Signaler un problème',
    copy: 'Ce serveur est une copie de secours. Si tout va bien, utilisez {}.',
  },
};
