import { makeAsset } from './assets.ts';
import { TOUCH_ICON_PNG } from './touch-icon.ts';

/** A couple that dances, as the browser shows it beside a page's title. */
const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<rect width="64" height="64" rx="14" fill="#14307f"/>
<g fill="#fff"><circle cx="24" cy="15" r="6"/><path d="M19 23h8l11 6 8-3 2 4-10 5-10-4 1 10 6 16h-6l-6-14-5 14h-6l6-18z"/></g>
<g fill="#ffbe66"><circle cx="42" cy="18" r="5.5"/><path d="M39 26h6l3 12 8 17c-8 3-16 3-22 0l5-15z"/></g>
</svg>
`;

export const ICON = makeAsset('icon', 'svg', DRAWING);

/** The same for the home screens of telephones, which take no drawing. */
export const TOUCH_ICON = makeAsset('touch-icon', 'png', Buffer.from(TOUCH_ICON_PNG, 'base64'));
