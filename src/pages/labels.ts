/** The texts of a studio's own pages. `{}` stands for a name. */
export interface Labels {
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
