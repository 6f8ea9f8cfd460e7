import { BODY, COLOURS, TEXT } from '../html/shared-style.ts';
import { makeAsset } from './assets.ts';
import { FRAME } from './style-frame.ts';
import { LISTS } from './style-lists.ts';
import { MAPS_STYLE } from './style-maps.ts';

/** The style sheet of every page: narrow and wide, light and dark, on screen and on paper. */
const SHEET = `
${COLOURS}
${BODY}
header,main{max-width:64rem;margin:0 auto;padding:.75rem 1rem}
header{border-bottom:1px solid var(--line)}
nav ul,.names{list-style:none;margin:0;padding:0}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
${TEXT}
${FRAME}
.names{columns:9.5rem;column-gap:1.5rem}
.names li{padding:.2rem 0;break-inside:avoid}
${LISTS}
@media (min-width:56rem){.about{display:grid;grid-template-columns:1fr 22rem;gap:0 2.5rem}.about .maps{margin-top:2rem}}
${MAPS_STYLE}
@media print{:root{color-scheme:light}header,.skip{display:none}a{color:inherit}.names{columns:3}}
`;

export const STYLE = makeAsset('style', 'css', SHEET.trimStart());
