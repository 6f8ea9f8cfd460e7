import { LEAST_WIDTH } from '../maps/panel.ts';

const { small, large } = LEAST_WIDTH;

/** Four small maps with what is between them: wider than the text, so that the list below is not pushed out of sight. */
const FOUR = 4 * small + 3 * 16;

/**
 * The maps: on phones and tablets in a row to be swiped, else side by side. No map is narrower than points are placed for.
 */
export const MAPS_STYLE = `.maps{display:flex;gap:1rem;margin:1rem 0;overflow-x:auto;scroll-snap-type:x proximity}
.maps figure{flex:none;width:min(100%,22rem);min-width:${small}px;scroll-snap-align:start}
.maps figure.large{width:${large}px}
.maps figure:only-child:not(.large){width:100%}
.maps .large:only-child{min-width:max(${large}px,100%)}
@media (min-width:1000px),print{.maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(${small}px,1fr));overflow:visible}.maps figure,.maps figure.large{width:auto}.maps .large{grid-column:1/-1}.maps figure:only-child:not(.large){max-width:36rem}}
@media screen and (min-width:${FOUR + 64}px){.maps:has(>:nth-child(4)){grid-auto-flow:dense;margin-inline:min(0px,50% - ${FOUR / 2}px)}.maps:has(>:nth-child(4))>.large{grid-area:span 2/span 3}}
@media (min-width:1000px){.maps:has(>.large+figure:last-child){grid-template-columns:2fr 1fr}.maps:has(>.large+figure:last-child) .large{grid-column:auto}}
figure{margin:0;min-width:0}
figcaption{display:flex;flex-wrap:wrap;column-gap:1rem;color:var(--quiet);font-size:.875rem;padding:.25rem 0}
.map{position:relative;print-color-adjust:exact}
.map svg{display:block;width:100%}
.ground{height:auto;background:var(--sea);outline:1px solid var(--line);outline-offset:-1px;border-radius:.5rem}
.marks,.p{position:absolute;inset:0;height:100%;pointer-events:none}
.p svg{overflow:visible}
.map text{font:12px system-ui,sans-serif;fill:var(--ink);stroke:var(--paper);stroke-width:3px;stroke-linejoin:round;stroke-opacity:.8;paint-order:stroke;unicode-bidi:plaintext}
.marks text{transform:translateY(3px);font-size:10px;fill:var(--quiet);stroke:none;text-anchor:middle;letter-spacing:.04em}
.marks line{stroke:var(--dot);stroke-width:1px}
.dot{fill:var(--dot)}
.studio{fill:var(--dot);stroke:var(--paper);stroke-width:1.5px}
.studio.here{fill:var(--here)}
.region{fill:none;stroke:var(--ring);stroke-width:3px}
.h{fill:transparent}
.w{text-anchor:end}
.m{text-anchor:middle}
.q{opacity:0}
.p :is(a,g){pointer-events:all}
.p :is(text,g text){pointer-events:none}
.p rect{fill:var(--paper);fill-opacity:.25;stroke:var(--ink);stroke-width:1px}
.map .letter{font-weight:600}
.p:is(:hover,:focus-within,:has(.lit)){z-index:1}
.p a:focus{outline:none}
:is(a,g):is(:hover,:active)>.q,:is(a:focus,.lit)>.q{opacity:1}
:is(a,g):is(:hover,:active)>text,a:focus-visible>text{font-weight:600;stroke-opacity:1;stroke-width:5px}
a:hover>:is(.h,rect){fill:var(--ink);fill-opacity:.15}
a:focus-visible>:is(.h,rect){stroke:var(--ink);stroke-width:3px}
.key{white-space:nowrap;print-color-adjust:exact}
.key::before{content:"";display:inline-block;width:.7em;height:.7em;margin-inline-end:.35em;border-radius:50%;border:2px solid var(--dot);background:var(--dot)}
.key.region::before{border-color:var(--ring);background:none}`;
