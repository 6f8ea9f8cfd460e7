import { first } from './dom.ts';
import { showNearby, showNext } from './found-lists.ts';
import type { Listed } from './listed.ts';
import { keepPlace, keptPlace, kmFrom, type Place, showDistance, townsOf } from './places.ts';

/** The place that distances are told from. */
export interface NearPlace {
  /** Takes a town of the list; any other text takes none. */
  choose(town: string): void;
  /** The town that was chosen; empty for none, and for the visitor's own position, which is nobody else's business. */
  town(): string;
}

/**
 * The choice of a place, where a page has it: a town, or at a click the browser's own position. Both stay in the browser.
 *
 * @param onChange called after each choice, with what to say of it
 */
export function offerPlaces(
  listed: readonly Listed[],
  today: string,
  onChange: (said: string) => void,
): NearPlace | null {
  const near = first<HTMLSelectElement>('#near');
  const keep = first<HTMLInputElement>('#keep');
  if (!near || !keep) return null;
  const towns = townsOf(listed);
  let place: Place | null = null;

  const take = (chosen: Place | null) => {
    place = chosen;
    for (const { li, at } of listed) showDistance(li, kmFrom(place, at));
    showNext(listed, today, place);
    showNearby(listed, place);
    near.value = place?.town ?? '';
    if (place && !near.value) near.add(new Option(place.town, place.town, true, true));
    if (keep.checked) keepPlace(place);
  };
  const tell = (chosen: Place | null) => {
    take(chosen);
    onChange(chosen ? `Nearest to ${chosen.town} first` : '');
  };
  const choose = (town: string) => {
    const at = towns.get(town);
    tell(at ? { town, at } : null);
  };

  for (const town of towns.keys()) near.add(new Option(town));
  const kept = keptPlace();
  keep.checked = kept !== null;
  if (kept) take(kept);
  near.onchange = () => choose(near.value);
  keep.onchange = () => keepPlace(keep.checked ? place : null);
  first('#locate')?.addEventListener('click', () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => tell({ town: 'your position', at: { lat: coords.latitude, lon: coords.longitude } }),
      () => onChange('Your position is not known'),
    );
  });
  return { choose, town: () => (towns.has(near.value) ? near.value : '') };
}
