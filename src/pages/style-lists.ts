/** Lists of events and of studios, and what the script shows for finding something in them. */
export const LISTS = `[hidden]{display:none!important}
.events,.studios,.dates,.jump ul{list-style:none;margin:0;padding:0}
.events li{display:flex;flex-wrap:wrap;justify-content:space-between;column-gap:1rem;padding:.35rem 0;break-inside:avoid;border-bottom:1px solid var(--line)}
.when{color:var(--quiet);flex-basis:100%;font-size:.875rem}
.none,.far{color:var(--quiet)}
.far{white-space:nowrap;font-size:.875rem}
@media (min-width:40rem){.events li{display:grid;grid-template-columns:13rem 1fr 1fr 6rem}.when{grid-area:1/1;font-size:1rem}.what{grid-area:1/2}:is(.who,#next .what+a){grid-area:1/3}.far{grid-area:1/4;align-self:center;text-align:end}.events.own li{grid-template-columns:13rem 1fr}}
.studios{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:.25rem 1.5rem}
.studios>li{padding:.35rem 0;break-inside:avoid}
.studios>li>a{font-weight:600}
.dates{font-size:.875rem;color:var(--quiet);margin-top:.1rem}
.dates .when{font-size:inherit;white-space:nowrap}
.jump{margin:1rem 0}
.jump ul{display:flex;flex-wrap:wrap;gap:.25rem .9rem}
.jump ul ul{display:inline-flex;font-size:.875rem;margin-inline-start:.9rem}
.jump a{display:inline-block;padding:.1rem 0}
summary{cursor:pointer;padding:.35rem 0}
summary :is(h2,h3){display:inline;margin:0}
details{margin-top:1.25rem}
#search{display:flex;flex-wrap:wrap;gap:.75rem 1.5rem;align-items:center;margin:1.25rem 0 1rem;padding:.9rem 1rem;background:var(--sea);border:1px solid var(--line);border-radius:.5rem}
#search p{margin:0;min-width:0}
#search .field{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
#search label{font-weight:600}
#search .check label{font-weight:400}
#found{color:var(--quiet)}
#found:empty{position:absolute}
input[type=search],select,button{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--quiet);border-radius:.35rem;padding:.3rem .6rem;min-height:2.25rem;max-width:100%}
option,#next .what+a{unicode-bidi:isolate}
#find{width:18rem}
#near{width:14rem}
button{cursor:pointer;color:var(--link)}
input[type=checkbox]{width:1.25rem;height:1.25rem;accent-color:var(--link)}
:is(summary,input,select,button):focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
.searching :is(.maps,.jump,#next,#nearby,[href="#after-maps"]){display:none}
@media screen{.coming:not(.searching) [data-over]{display:none}}
a.lit{outline:2px solid var(--here);outline-offset:2px;border-radius:2px}
svg a.lit circle{stroke:var(--ink);stroke-width:3}
@media print{#search,.jump{display:none}details::details-content{content-visibility:visible;block-size:auto}}
`;
