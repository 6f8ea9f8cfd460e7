import { BODY, COLOURS, MAP_PAINT, TEXT } from '../html/look.ts';
import { makeAsset } from './assets.ts';
import { FRAME } from './style-frame.ts';
import { LISTS } from './style-lists.ts';

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
${LISTS}.maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr));gap:1rem;margin:1rem 0}
.maps .us{grid-column:1/-1}
.maps :only-child:is(.eu,.au,.jp){max-width:40rem}
figure{margin:0;min-width:0}
figcaption{display:flex;flex-wrap:wrap;column-gap:1rem;color:var(--quiet);font-size:.875rem;padding:.25rem 0}
svg{display:block;width:100%;height:auto;background:var(--sea);border:1px solid var(--line);border-radius:.5rem}
@media (min-width:56rem){.about{display:grid;grid-template-columns:1fr 22rem;gap:0 2.5rem}.about .maps{margin-top:2rem}}
${MAP_PAINT}
:is(.eu,.au,.jp) .studio{r:10px}
:is(.eu,.au,.jp) .region{r:16px}
@media (max-width:40rem){.us .studio{r:12px}.us .region{r:20px}}
.about .us .studio{r:16px}
.about .us .region{r:24px}
svg a:focus{outline:none}
svg a:hover circle{stroke:var(--ink);stroke-width:3}
svg a:focus-visible circle{stroke:var(--ink);stroke-width:5;paint-order:stroke}
@media print{:root{color-scheme:light}header,.skip{display:none}a{color:inherit}.names{columns:3}}
`;

export const STYLE = makeAsset('style', 'css', SHEET.trimStart());
