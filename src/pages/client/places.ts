import { distanceWriter, kilometresBetween, type Position, readPosition } from './distance.ts';
import { first } from './dom.ts';
import type { Listed } from './listed.ts';

/** A place that distances are told from. */
export interface Place {
  readonly town: string;
  readonly at: Position;
}

const KEPT = 'showcases-near';

/** Towns of the page by name. */
export function townsOf(listed: readonly Listed[]): Map<string, Position> {
  const towns = listed.flatMap(({ town, at }): [string, Position][] => (at ? [[town, at]] : []));
  return new Map(towns.sort(([a], [b]) => a.localeCompare(b)));
}

/** What this browser was asked to remember; it is never sent anywhere. */
export function keptPlace(): Place | null {
  try {
    const [position, town] = localStorage.getItem(KEPT)?.split('|') ?? [];
    const at = readPosition(position);
    return at && town ? { town, at } : null;
  } catch {
    return null;
  }
}

/** Null forgets it. A browser that keeps nothing for pages is no reason to fail. */
export function keepPlace(place: Place | null): void {
  try {
    if (place) localStorage.setItem(KEPT, `${place.at.lat},${place.at.lon}|${place.town}`);
    else localStorage.removeItem(KEPT);
  } catch {}
}

const write = distanceWriter(navigator.language);

/** Kilometres; null without a place on either side. */
export function kmFrom(place: Place | null, at: Position | null): number | null {
  return place && at && kilometresBetween(place.at, at);
}

/** Puts a distance behind the place of an event or of a studio, instead of the one that stands there. */
export function showDistance(element: HTMLElement, km: number | null): void {
  first('.away', element)?.remove();
  if (km === null) return;
  const far = document.createElement('span');
  far.className = 'away';
  far.textContent = write(km);
  (first('.who', element) ?? first('a', element))?.after(' ', far);
}
