import { all, first } from './dom.ts';
import { hasAll, wordsOf } from './fold.ts';
import { keepOnly, type Listed, withDates } from './listed.ts';
import { type NearPlace, offerPlaces } from './near-place.ts';
import { isOver } from './next-dates.ts';
import { setDetails } from './open-details.ts';
import { readWish, writeWish } from './wish.ts';

/** The search over what a page lists. What is looked for stands in the address, so that it can be sent to somebody. */
export function searchPage(listed: readonly Listed[], today: string): void {
  const main = first('main');
  const box = first('#search');
  const find = first<HTMLInputElement>('#find');
  const found = first('#found');
  if (!main || !box || !find || !found) return;
  const kind = first('.studios>li') ? 'studio' : 'event';

  let near: NearPlace | null = null;
  const note = (said: string) => {
    found.textContent = said;
    const hash = writeWish({ find: find.value, near: near?.town() ?? '' });
    // Every page is a directory. Its path would be another host's address where it begins with two slashes.
    history.replaceState(null, '', hash || '.');
    for (const link of all<HTMLAnchorElement>('#years a')) link.hash = hash;
  };
  const search = () => {
    const words = wordsOf(find.value);
    const isBusy = words.length > 0;
    const { length } = keepOnly(listed, ({ text }) => hasAll(text, words), 'hidden');
    main.classList.toggle('searching', isBusy);
    setDetails(isBusy);
    note(isBusy ? `${length || 'No'} ${kind}${length === 1 ? '' : 's'} found` : '');
  };
  const read = () => {
    const wish = readWish(location.hash);
    if (!wish) return;
    if (wish.near) near?.choose(wish.near);
    find.value = wish.find;
    search();
  };

  near = offerPlaces(listed, today, note);
  hidePast(main, listed, today);
  find.oninput = search;
  addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !find.value) return;
    find.value = '';
    search();
  });
  window.onhashchange = read;
  box.hidden = false;
  read();
}

/** On a page about what comes, what has been is shown only on demand, and to a search. */
function hidePast(main: HTMLElement, listed: readonly Listed[], today: string): void {
  const past = first<HTMLInputElement>('#past');
  if (!past) return;
  keepOnly(withDates(listed), (one) => !isOver(one, today), 'data-over');
  past.onchange = () => main.classList.toggle('coming', !past.checked);
  main.classList.add('coming');
}
