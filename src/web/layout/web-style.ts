import { BODY, COLOURS, TEXT } from '../../html/shared-style.ts';

/** Beside those of all pages: how something went, and what can be pressed. */
const MORE_COLOURS = `:root{--card:#fbfcfd;--field:#fff;--edge:#7c8896;--on:#fff;--press:#0b4f9e;--go:#17693a;--good:#17693a;--bad:#b3123f;--wait:#8a4600;--busy:#0b4f9e;--tint:#eaf1fa}
@media screen and (prefers-color-scheme:dark){:root{--card:#1a2129;--field:#10151a;--edge:#7d8b99;--on:#0e1318;--press:#8fbcff;--go:#7fd6a2;--good:#7fd6a2;--bad:#ff8fab;--wait:#ffbe66;--busy:#8fbcff;--tint:#1b2a3d}}`;

const FRAME = `header{border-bottom:1px solid var(--line);background:var(--card)}
.bar,main{max-width:64rem;margin:0 auto;padding:.75rem 1rem}
.bar{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem 1.75rem}
.brand{margin:0;font-weight:700;letter-spacing:-.01em}
.brand::before{content:"";display:inline-block;width:.7em;height:.7em;margin-inline-end:.75em;border-radius:50%;background:var(--dot);box-shadow:.35em 0 0 -.05em var(--ring)}
nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
nav a{display:inline-block;padding:.2rem 0}
.below{order:2;flex-basis:100%;border-top:1px solid var(--line);padding-top:.4rem;margin-top:.15rem;font-size:.9375rem}
.who{margin:0 0 0 auto;color:var(--quiet);font-size:.9375rem}
main{padding-bottom:4rem}
main:focus{outline:none}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip:focus{margin:.25rem 1rem}
.lead{font-size:1.125rem;margin:.25rem 0 1rem;max-width:42rem}
p,ul,ol,dl{max-width:46rem}
.notice{border-inline-start:4px solid var(--good);background:var(--tint);padding:.6rem .9rem;margin:.75rem 0;border-radius:.25rem}
.card{border:1px solid var(--line);border-radius:.75rem;background:var(--card);padding:1rem 1.25rem;margin:1rem 0}
.card>:first-child{margin-top:0}
.card>:last-child{margin-bottom:0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:1rem;list-style:none;padding:0;max-width:none}
.cards .card{margin:0;display:flex;flex-direction:column;gap:.5rem;justify-content:space-between}
.cards .button{align-self:flex-start}
.cards h2,.cards h3{margin:0;font-size:1.0625rem}
.plain{list-style:none;padding:0}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center;margin:1rem 0}
pre,code{font:.875rem/1.5 ui-monospace,monospace}
pre{overflow-x:auto;padding:.75rem 1rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem;overflow-wrap:normal}`;

const CONTROLS = `button,.button{font:inherit;font-weight:600;cursor:pointer;display:inline-block;padding:.5rem 1rem;min-height:2.75rem;border-radius:.5rem;border:1px solid var(--press);background:none;color:var(--press);text-decoration:none}
.main{background:var(--press);color:var(--on)}
.go{background:var(--go);border-color:var(--go);color:var(--on)}
.danger{border-color:var(--bad);color:var(--bad)}
button:hover,.button:hover{filter:brightness(1.12)}
button:focus-visible,input:focus-visible,select:focus-visible,textarea:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
button[aria-disabled=true]{opacity:.6;cursor:progress}
.field{margin:1rem 0;max-width:30rem}
.field.wide{max-width:none}
.field label,legend{display:block;font-weight:600;padding:0}
.field .hint{color:var(--quiet);margin:.1rem 0 .3rem;font-size:.9375rem}
.field .error{color:var(--bad);font-weight:600;margin:.1rem 0 .3rem}
.field .error::before,.problems li::marker{content:"! ";font-weight:700}
input:not([type=checkbox],[type=radio],[type=hidden]),select,textarea{font:inherit;width:100%;min-height:2.75rem;padding:.45rem .65rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--field);color:inherit}
[aria-invalid=true]{border-color:var(--bad)!important;border-width:2px!important}
input[type=checkbox],input[type=radio]{width:1.2rem;height:1.2rem;margin:.15rem .5rem 0 0;vertical-align:top;accent-color:var(--press)}
fieldset{border:0;margin:1rem 0;padding:0;min-width:0}
.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,12rem),1fr));gap:0 1rem;max-width:30rem}
.problems{border:2px solid var(--bad);border-radius:.5rem;padding:.75rem 1.25rem;margin:1rem 0;max-width:46rem}
.problems:focus{outline:3px solid var(--bad);outline-offset:2px}
.problems h2{margin:0 0 .25rem;font-size:1.0625rem;color:var(--bad)}
.problems ul{margin:0;padding-inline-start:1.1rem}
details{margin:.75rem 0}
summary{cursor:pointer;font-weight:600}`;

const SHOWN = `.badge{font-size:.875rem;font-weight:600}
@media (min-width:40.01rem){td .badge,.machines .badge{white-space:nowrap}}
.badge::before{content:"";display:inline-block;box-sizing:border-box;width:.65em;height:.65em;margin-inline-end:.45em;border-radius:50%;background:currentColor}
.badge.good{color:var(--good)}
.badge.bad{color:var(--bad)}
.badge.bad::before{border-radius:0;rotate:45deg}
.badge.wait{color:var(--wait)}
.badge.wait::before{background:none;border:2px solid currentColor}
.badge.busy{color:var(--busy)}
.badge.none{color:var(--quiet)}
.badge.none::before{height:.2em;border-radius:0;vertical-align:.25em}
progress{appearance:none;display:block;width:100%;height:.75rem;border:0;border-radius:1rem;overflow:hidden;background:var(--line);color:var(--busy)}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:var(--busy);transition:width .2s}
progress::-moz-progress-bar{background:var(--busy)}
progress:not([value]){background:repeating-linear-gradient(110deg,var(--busy) 0 .75rem,var(--line) .75rem 1.5rem)}
progress:not([value])::-webkit-progress-bar{background:none}
.progress{max-width:46rem;margin:1rem 0}
.progress label{display:flex;justify-content:space-between;gap:1rem;margin-bottom:.3rem;font-weight:600}
table{width:100%;border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
caption{text-align:start;font-weight:600;padding:.25rem 0}
th,td{text-align:start;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line)}
thead th{color:var(--quiet);font-size:.875rem;font-weight:600;white-space:nowrap}
tbody th{font-weight:600}
th.number,td.number{text-align:end;padding-inline-end:2rem}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.25rem;margin:1rem 0}
.facts dt{color:var(--quiet)}
.facts dd{margin:0}
time{white-space:nowrap}
[hidden]{display:none!important}
.trouble{border-inline-start:4px solid var(--bad)}
.trouble h2{margin-top:0}
.machines,.events{list-style:none;padding:0;max-width:none}
.machines li,.events li{border-top:1px solid var(--line);padding:.45rem 0}
.machines li{display:grid;grid-template-columns:minmax(9rem,18rem) 9.5rem 1fr;gap:.1rem 1rem}
.machine{font-weight:600;font-variant-numeric:tabular-nums}
.events li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.1rem 1.5rem}
.address{font:.9375rem/1.5 ui-monospace,monospace}
[data-offline]{color:var(--wait);font-weight:600}
[data-offline]:empty{display:none}
@media (max-width:40rem){.who{order:0}nav{order:1;flex-basis:100%}
thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
table,tbody,tr,th,td,caption{display:block}
tbody tr{border:1px solid var(--line);border-radius:.6rem;background:var(--card);padding:.5rem .9rem;margin:.6rem 0}
tbody th,tbody td{border:0;padding:.2rem 0}
tbody td[data-label]{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:.5rem}
tbody td:has(>span:empty){display:none}
tbody td[data-label]::before{content:attr(data-label);color:var(--quiet);font-size:.875rem}
td.number{text-align:start;padding-inline-end:0}
time{white-space:normal}
dl.facts{grid-template-columns:1fr;gap:0}
.machines li{grid-template-columns:1fr auto}
.machines li>:nth-child(3){grid-column:1/-1}
.facts dd{margin-bottom:.5rem}
.actions>*{flex:1 1 100%;text-align:center}
.actions>form>button{width:100%}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media print{:root{color-scheme:light}header,.skip,.actions,form{display:none}.card,tbody tr{break-inside:avoid;background:none}a{color:inherit}}`;

const ADMIN = `.top{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:.5rem 1rem}
.top h1{margin-bottom:.25rem}
.crumb{margin:.25rem 0 -.5rem;font-size:.9375rem}
.filter{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:end;padding:.25rem 1rem .75rem;margin:.75rem 0;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
.filter .field{flex:1 1 8.5rem;max-width:18rem;margin:.5rem 0 0}
.filter .actions{margin:.5rem 0 0}
.pages{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:1rem 0}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem;align-items:start}
.columns .card{margin:.5rem 0}
.columns h2{margin-top:0}
.halves{display:grid;gap:0 3rem;align-items:start}
@media (min-width:56rem){.halves{grid-template-columns:30rem 1fr}}
.wide{max-width:none}
.ticks{columns:14rem;column-gap:1.5rem;padding:.25rem 0}
.ticks .check{margin:0;padding:.2rem 0;break-inside:avoid}
.ticks .check label{font-weight:400;display:flex}
.ticks input{flex:none}
legend{padding:0}
.row{align-items:end}
.row .field{margin:.5rem 0}
figure{margin:1rem 0 0;max-width:34rem}
figure svg{display:block;width:100%;height:auto;background:var(--sea);border:1px solid var(--line);border-radius:.5rem}
figcaption{display:flex;flex-wrap:wrap;column-gap:1rem;color:var(--quiet);font-size:.875rem;padding:.25rem 0}
.key{white-space:nowrap}
.key::before{content:"";display:inline-block;width:.7em;height:.7em;margin-inline-end:.35em;border-radius:50%;border:2px solid var(--dot);background:var(--dot)}
.key.region::before{border-color:var(--ring);background:none}
.key.here::before{border-color:var(--here)}
.key.studio.here::before{background:var(--here)}
.land{fill:var(--land)}
.far{fill:var(--far)}
.inset{fill:var(--sea);stroke:var(--line);stroke-width:10}
.borders{fill:none;stroke:var(--sea);stroke-width:8}
circle{stroke:var(--paper);stroke-width:1}
circle.studio{fill:var(--dot)}
circle.region{fill:var(--ring);fill-opacity:.25;stroke:var(--ring);stroke-width:3}
circle.here{fill:var(--here);stroke-width:2}
circle.region.here{stroke:var(--here)}
circle.studio.here{r:14px}
circle.region.here{r:18px}
@media (min-width:40.01rem){td{min-width:6.75rem}td button{white-space:nowrap}tbody th{min-width:11rem}td.number{min-width:4rem}}
del{color:var(--bad);text-decoration-thickness:1px}
ins{color:var(--good);text-decoration:none}
@media (max-width:40rem){.pages{justify-content:space-between}.filter .actions>*{flex:0 1 auto}}`;

const DEPLOYS = `.tabs ul{gap:0;border-bottom:1px solid var(--line);margin:1rem 0;max-width:none}
.tabs a{padding:.5rem .9rem;text-decoration:none;border:1px solid transparent;border-bottom:0;margin-bottom:-1px;border-radius:.5rem .5rem 0 0}
.tabs a:hover b{text-decoration:underline}
.tabs a[aria-current]{border-color:var(--line);background:var(--paper);color:inherit}
.about{margin:1rem 0}
.about dl.facts{max-width:none}
@media (min-width:56rem){.about dl.facts{grid-template-columns:max-content 1fr max-content 1fr}}
.log .step code{font-weight:700}
.log .step code::before{content:"\\25b8"/"";color:var(--busy)}
.tabs .badge{margin-inline:.4rem}
#deploys .quiet,#deploys .beside,#deliveries-list .beside{display:block;font-weight:400;font-size:.875rem}
#deploys .beside{white-space:nowrap}
details[data-machines] caption{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
#deploys td.number{white-space:nowrap}
@media (min-width:40.01rem){[data-steps]:not(:has(td:last-child>span:not(:empty))) :is(th,td):last-child:not(:first-child){display:none}}
@media (max-width:40rem){.about dl.facts{grid-template-columns:7rem minmax(0,1fr);gap:.3rem .5rem}
.about dd{margin:0!important}}
`;

const LOG = `.tools{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end}
.tools p,.tools .field{margin:0}
.tools input[type=search]{width:14rem}
.tools select{width:auto}
.tools .check{align-self:center}
[data-found]:not(:empty){margin-inline-end:.5rem}
.log{max-height:75vh;overflow:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--card);margin:.75rem 0;overscroll-behavior:contain;overflow-anchor:none}
.log:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.log ol{list-style:none;margin:0;padding:.5rem 0;max-width:none;min-width:max-content;font:.8125rem/1.5 ui-monospace,monospace}
.log.wrapped ol{min-width:0}
.log li{padding:0 .75rem 0 calc(4.25rem + 13ch);text-indent:calc(-3.5rem - 13ch);white-space:pre}
.log.wrapped li{white-space:pre-wrap}
.log li>*{text-indent:0}
.log code{font:inherit}
.log b{color:var(--quiet);font-weight:600}
.log li>a{display:inline-block;min-width:2.25rem;text-align:end;color:var(--quiet);text-decoration:none}
.log li>a:hover{text-decoration:underline}
.log time{color:var(--quiet);display:inline-block;min-width:12ch}
.log code::before{content:"\\b7"/"";display:inline-block;width:1.25rem;color:var(--quiet)}
.log .good code::before{content:"\\2713"/"";color:var(--good)}
.log .warning code::before,.log .gap code::before{content:"!"/"";font-weight:700;color:var(--wait)}
.log .error code::before{content:"\\2717"/"";color:var(--bad)}
.log .error code{color:var(--bad)}
.log .warning code,.log .gap code{color:var(--wait)}
.log .here,.log li:target{background:var(--tint)}
.log mark{background:var(--ring);color:var(--paper)}
.log li button{min-height:1.75rem;padding:.1rem .6rem;font-size:.8125rem;margin-inline-start:calc(2.25rem + 13ch)}
.log button[aria-expanded]::before{content:"\\25be "/""}
.log button[aria-expanded=false]::before{content:"\\25b8 "/""}
@media (max-width:40rem){.log li{padding:.1rem .6rem;text-indent:0;border-bottom:1px solid var(--line)}
.log li>a{min-width:0}
.log code{display:block}
.tools p:first-child{flex:1 1 100%}
.tools input[type=search]{width:100%}
.log li button{margin:0}}
@media print{.log{max-height:none;overflow:visible}.tools{display:none}}`;

/** The style sheet of the web's pages: narrow and wide, light and dark, on screen and on paper. */
export const SHEET = [COLOURS, MORE_COLOURS, BODY, TEXT, FRAME, CONTROLS, SHOWN, ADMIN, LOG, DEPLOYS].join(
  '\n',
);
