import { type Html, html } from '../../html/html.ts';
import type { RegionView } from '../../requests/row-views.ts';
import { regionViews } from '../../requests/row-views.ts';
import { type Filled, textField } from '../layout/form-controls.ts';
import { sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import { showPlace } from './place-map.ts';

/** What the script of a form asks while somebody types. */
export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/admin/place',
    who: 'administrator',
    answer: async ({ query }, { index }) => {
      const typed = {
        latitude: query.get('latitude') ?? '',
        longitude: query.get('longitude') ?? '',
        kind: query.get('kind') === 'region' ? ('region' as const) : ('studio' as const),
      };
      const { nearest, words, shown } = showPlace(typed, regionViews(await index.rows()));
      return sendJson({ nearest, words, html: shown.toString() });
    },
  },
];

/** Latitude and longitude with the map on which they are; without script as they were when the page was made. */
export function placeFields(
  call: Pick<Call, 'link'>,
  kind: 'region' | 'studio',
  regions: readonly RegionView[],
  filled: Filled,
): Html {
  const { values } = filled;
  const typed = { latitude: values['latitude'] ?? '', longitude: values['longitude'] ?? '', kind };
  return html`<div class="place"><div class="row">${textField({ name: 'latitude', label: 'Latitude', hint: 'Degrees north, such as 42.36' }, filled)}
${textField({ name: 'longitude', label: 'Longitude', hint: 'Degrees east; west is negative' }, filled)}</div>
<div data-place="${call.link(`/admin/place?kind=${kind}`)}">${showPlace(typed, regions).shown}</div></div>`;
}
