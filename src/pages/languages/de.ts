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
  site: {
    kind: 'Showcases im Gesellschaftstanz',
    passwords: 'Zum Öffnen einer Veranstaltung braucht man das Passwort ihres Studios.',
    ownersOnly: 'Für alle, die dieses Studio leiten.',
    previous: 'Vorige Seite',
    next: 'Nächste Seite',
    trail: 'Sie sind hier',
    around: 'Neben dieser Seite',
    admin: 'Für die Verwaltung',
    docs: 'Dokumentation',
    demo: 'Vorführung',
    code: 'Quelltext',
    issues: 'Problem melden',
    copy: 'Dieser Server ist eine Kopie für Notfälle. Wenn nichts gestört ist, benutzen Sie bitte {}.',
  },
};
