import type { Event, StudioYear } from '../index/index-model.ts';
import type { Asset } from './assets.ts';

/** Where everything is: paths from the host's top, each with a slash at its end, except for a studio's request. */
export class Links {
  readonly home: string;
  readonly studios: string;
  readonly regions: string;
  /** The platform's documentation and demo. */
  readonly docs: string;
  readonly demo: string;
  readonly passwords: string;
  /** Where showcase-web lets administrators in. */
  readonly admin: string;

  /** @param root `server.root_path`: empty or such as `/showcase` */
  constructor(root: string) {
    this.home = `${root}/`;
    this.studios = `${this.home}studios/`;
    this.regions = `${this.home}regions/`;
    this.docs = `${this.home}docs/`;
    this.passwords = `${this.docs}ops/Passwords`;
    this.demo = `${this.home}demo/`;
    this.admin = `${this.home}admin/`;
  }

  /** A file in the public directory itself. */
  file(name: string): string {
    return `${this.home}${encodeURIComponent(name)}`;
  }

  asset({ path }: Asset): string {
    return `${this.home}${path}`;
  }

  studio(key: string): string {
    return `${this.studios}${encodeURIComponent(key)}/`;
  }

  /** Where a studio's owner asks for a new event. */
  request(key: string): string {
    return `${this.studio(key)}request`;
  }

  region(code: string): string {
    return `${this.regions}${encodeURIComponent(code)}/`;
  }

  year(year: number): string {
    return `${this.home}${year}/`;
  }

  /** What a studio has in a year: the page that lists its events, or the one event that it has. */
  studioYear({ year, studio }: StudioYear): string {
    return `${this.year(year)}${encodeURIComponent(studio.key)}/`;
  }

  event(entry: StudioYear, event: Event): string {
    const path = this.studioYear(entry);
    return entry.single ? path : `${path}${encodeURIComponent(event.key)}/`;
  }
}
