import { followKeys } from './follow-keys.ts';
import { showNext } from './found-lists.ts';
import { readListed } from './listed.ts';
import { lightPoints } from './lit-points.ts';
import { dayOf } from './next-dates.ts';
import { setDetails } from './open-details.ts';
import { searchPage } from './search-page.ts';
import { showAddress } from './show-address.ts';
import { tellApart } from './tell-apart.ts';

/* The script of the visitors' pages. A page has everything without it; each part looks for what it makes better. */

const listed = readListed();
const today = dayOf(new Date());
tellApart(listed);
showNext(listed, today, null);
searchPage(listed, today);
followKeys();
lightPoints();
showAddress();
addEventListener('beforeprint', () => setDetails(true));
addEventListener('afterprint', () => setDetails(false));
