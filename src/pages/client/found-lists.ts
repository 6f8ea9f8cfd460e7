import { first } from './dom.ts';
import { type Listed, withDates } from './listed.ts';
import { byDistance, nextOf } from './next-dates.ts';
import { kmFrom, type Place, showDistance } from './places.ts';

/** With its kilometres from a place. */
interface Measured extends Listed {
  readonly km: number | null;
}

/** The next dates of the page in a list of their own, those near a place first. */
export function showNext(listed: readonly Listed[], today: string, place: Place | null): void {
  show('next', place, nextOf(measured(withDates(listed), place), today));
}

/** The studios that are nearest to a place; none without one. */
export function showNearby(listed: readonly Listed[], place: Place | null): void {
  const near = measured(listed, place).filter(({ km }) => km !== null);
  show('nearby', place, near.sort(byDistance));
}

function measured(listed: readonly Listed[], place: Place | null): Measured[] {
  return listed.map((one) => ({ ...one, km: kmFrom(place, one.at) }));
}

/** As many as a section has room for; without any it cannot be seen. */
function show(id: string, place: Place | null, found: readonly Measured[]): void {
  const section = first(`#${id}`);
  if (!section) return;
  const copies = found.slice(0, Number(section.dataset['count'])).map(({ li, owner, km }) => {
    const copy = li.cloneNode(true) as HTMLElement;
    copy.hidden = false;
    // A studio's date gets the studio beside it, as other events have it.
    if (owner) copy.append(' ', owner.cloneNode(true));
    showDistance(copy, km);
    return copy;
  });
  first('ul', section)?.replaceChildren(...copies);
  section.hidden = !found.length;
  const near = first('h2>span', section);
  if (near) near.textContent = place && ` near ${place.town}`;
}
