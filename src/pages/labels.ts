/** The texts of a studio's own pages. `{}` stands for a name. */
export interface Labels {
  readonly home: string;
  readonly studios: string;
  readonly regions: string;
  /** `{}`: where a data center is. */
  readonly servedFrom: string;
  readonly events: string;
  /** `{}`: a year. */
  readonly eventsOf: string;
  readonly noEvents: string;
  /** Above the one event that a script has found to come next. */
  readonly nextDate: string;
  /** In the place of a date that is not known; true of events that have been, too. */
  readonly noDate: string;
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
  readonly site: SiteLabels;
}

/** What surrounds the content of a page. */
interface SiteLabels {
  /** What studios hold, as a searcher would call it. */
  readonly kind: string;
  /** Where a list leads to events. */
  readonly passwords: string;
  /** Beside the button that asks for a new event. */
  readonly ownersOnly: string;
  readonly previous: string;
  readonly next: string;
  /** Of the way from the top to this page, for those who hear it. */
  readonly trail: string;
  /** Of the links to the previous and the next page, likewise. */
  readonly around: string;
  readonly admin: string;
  readonly docs: string;
  readonly demo: string;
  readonly code: string;
  readonly issues: string;
  /** `{}`: the address of the same page where it belongs. */
  readonly copy: string;
}
