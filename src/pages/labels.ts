import { type Html, html } from '../html/html.ts';
import { isKnownLocale } from '../index/locale.ts';
import { languageOf } from './language.ts';

/** The texts of a studio's own pages. `{}` stands for a name. */
interface Labels {
  readonly home: string;
  readonly studios: string;
  readonly regions: string;
  readonly region: string;
  readonly events: string;
  /** `{}`: a year. */
  readonly eventsOf: string;
  readonly noEvents: string;
  /** For the application's own form. */
  readonly request: string;
  /** For the form of showcase-web, which asks for the login of an owner. */
  readonly requestByOwner: string;
  /** `{}`: a year. */
  readonly allStudiosIn: string;
  /** `{}`: a studio. */
  readonly allEventsOf: string;
  readonly skip: string;
  readonly skipMaps: string;
  readonly maps: Readonly<Record<'us' | 'eu' | 'au' | 'jp', string>>;
}

const EN: Labels = {
  home: 'Home',
  studios: 'Studios',
  regions: 'Regions',
  region: 'Region',
  events: 'Events',
  eventsOf: 'Events in {}',
  noEvents: 'No events yet.',
  request: 'Request a new event',
  requestByOwner: 'Studio owners: request an event',
  allStudiosIn: 'All studios in {}',
  allEventsOf: 'All events of {}',
  skip: 'Skip to the content',
  skipMaps: 'Skip the maps',
  maps: { us: 'Map of the United States', eu: 'Map of Europe', au: 'Map of Australia', jp: 'Map of Japan' },
};

/** By language. Studios of any other language get English. */
const CATALOGUE: Readonly<Record<string, Labels>> = {
  en: EN,
  de: {
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
  },
  es: {
    home: 'Inicio',
    studios: 'Estudios',
    regions: 'Regiones',
    region: 'Región',
    events: 'Eventos',
    eventsOf: 'Eventos de {}',
    noEvents: 'Todavía no hay eventos.',
    request: 'Solicitar un evento nuevo',
    requestByOwner: 'Para propietarios del estudio: solicitar un evento',
    allStudiosIn: 'Todos los estudios en {}',
    allEventsOf: 'Todos los eventos de {}',
    skip: 'Saltar al contenido',
    skipMaps: 'Saltar los mapas',
    maps: {
      us: 'Mapa de Estados Unidos',
      eu: 'Mapa de Europa',
      au: 'Mapa de Australia',
      jp: 'Mapa de Japón',
    },
  },
  fr: {
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
  },
  it: {
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
  },
  ja: {
    home: 'ホーム',
    studios: 'スタジオ',
    regions: '地域',
    region: '地域',
    events: 'イベント',
    eventsOf: '{}年のイベント',
    noEvents: 'イベントはまだありません。',
    request: '新しいイベントを申し込む',
    requestByOwner: 'スタジオのオーナーの方：イベントを申し込む',
    allStudiosIn: '{}年の全スタジオ',
    allEventsOf: '{}の全イベント',
    skip: '本文へ移動',
    skipMaps: '地図をスキップ',
    maps: { us: 'アメリカの地図', eu: 'ヨーロッパの地図', au: 'オーストラリアの地図', jp: '日本の地図' },
  },
  pl: {
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
  },
  uk: {
    home: 'Головна',
    studios: 'Студії',
    regions: 'Регіони',
    region: 'Регіон',
    events: 'Події',
    eventsOf: 'Події {} року',
    noEvents: 'Подій ще немає.',
    request: 'Замовити нову подію',
    requestByOwner: 'Для власників студії: замовити подію',
    allStudiosIn: 'Усі студії, {} рік',
    allEventsOf: 'Усі події: {}',
    skip: 'Перейти до вмісту',
    skipMaps: 'Пропустити карти',
    maps: { us: 'Карта США', eu: 'Карта Європи', au: 'Карта Австралії', jp: 'Карта Японії' },
  },
};

export interface Wording {
  /** BCP 47 tag of the language that the labels are in. */
  readonly lang: string;
  readonly labels: Labels;
}

export const ENGLISH: Wording = { lang: 'en', labels: EN };

/** The labels in a studio's language; in English, and said to be so, where there are none. */
export function wordingFor(locale: string | null): Wording {
  if (locale === null) return ENGLISH;
  const language = languageOf(locale);
  const labels = Object.hasOwn(CATALOGUE, language) ? CATALOGUE[language] : undefined;
  return labels ? { lang: isKnownLocale(locale) ? locale : language, labels } : ENGLISH;
}

/** A label with a name in its place. */
export function filled(label: string, name: Html | number): Html {
  const [before = '', after = ''] = label.split('{}');
  return html`${before}${name}${after}`;
}
