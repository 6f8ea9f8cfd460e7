/** Lists of events and of studios, and what the script shows for finding something in them. */
export const LISTS = `[hidden]{display:none!important}
.events,.studios,.dates,.jump ul{list-style:none;margin:0;padding:0}
.events li{display:flex;flex-wrap:wrap;column-gap:.75rem;align-items:baseline;padding:.15rem 0;break-inside:avoid;border-bottom:1px solid var(--line)}
time,.when{color:var(--quiet);font-size:.875rem}
.what,.events li>a:not(.who){flex-basis:100%;order:-1}
.events a{display:inline-block;padding:.2rem 0}
.who{font-size:.875rem}
.undated,.away{color:var(--quiet)}
.undated{margin:.75rem 0 0;font-size:.875rem}
.away{white-space:nowrap;font-size:.875rem}
@media (min-width:40rem){.events li{display:grid;grid-template-columns:13rem 1fr 1fr 6rem}time,.when{grid-area:1/1}:is(time,.when,.who){font-size:1rem}.what,.events li>a:not(.who){grid-area:1/2;justify-self:start}.who{grid-area:1/3}.away{grid-area:1/4;align-self:center;text-align:end}:is(.events.own,.about .events) li{grid-template-columns:13rem 1fr}}
.undated+.own li>a:not(.who){grid-column:1/-1}
.studios,.countries{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:.25rem 1.5rem}
.countries>section:not(.few){grid-column:1/-1}
.areas{columns:15rem;column-gap:1.5rem}
.areas>section{break-inside:avoid;padding-bottom:.75rem}
.areas h3{margin-top:0;border-bottom:1px solid var(--line)}
.areas .studios{display:block}
.studios>li{padding:.35rem 0;break-inside:avoid}
.studios>li>a{font-weight:600}
.dates{font-size:.875rem;color:var(--quiet);margin-top:.1rem}
.dates :is(time,.when){font-size:inherit;white-space:nowrap}
.jump{margin:1rem 0}
.jump ul{display:flex;flex-wrap:wrap;gap:.25rem .9rem}
section .jump{margin:.25rem 0 1rem;font-size:.875rem}
.jump a{display:inline-block;padding:.1rem 0}
summary{cursor:pointer;padding:.35rem 0}
summary :is(h2,h3){display:inline;margin:0}
details{margin-top:.5rem}
details:has(>summary>h2){margin-top:1.25rem}
#search{display:flex;flex-wrap:wrap;gap:.75rem 1.5rem;align-items:center;margin:1.25rem 0 1rem;padding:.9rem 1rem;background:var(--sea);border:1px solid var(--line);border-radius:.5rem}
#search p{margin:0;min-width:0}
#search .field{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
#search label{font-weight:600}
#search .check label{font-weight:400}
#search:has(#near>[value=""]:checked) .keep{display:none}
::placeholder{color:var(--quiet);opacity:1}
#found{color:var(--quiet)}
#found:empty{position:absolute}
input[type=search],select,button{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--quiet);border-radius:.35rem;padding:.3rem .6rem;min-height:2.25rem;max-width:100%}
option,a.who{unicode-bidi:isolate}
#search .field:has(#find){flex:1 1 20rem}
#search .field:has(#near){flex:1 1 26rem}
#find{flex:1 1 9rem;max-width:24rem}
#near{flex:1 1 6rem;width:6rem;max-width:16rem}
button{cursor:pointer;color:var(--link)}
input[type=checkbox]{width:1.25rem;height:1.25rem;accent-color:var(--link)}
:is(summary,input,select,button):focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
.searching :is(.maps,.jump,#next,#nearby,[href="#after-maps"]){display:none}
@media screen{.coming:not(.searching) [data-over]{display:none}}
a.lit{outline:2px solid var(--here);outline-offset:2px;border-radius:2px}
svg a.lit circle{stroke:var(--ink);stroke-width:3}
@media print{#search,.jump{display:none}details::details-content{content-visibility:visible;block-size:auto}}
`;
