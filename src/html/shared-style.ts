/* Style that all pages share, the prerendered and those of the web. */

/** In variables: ink on paper, and what maps are drawn with. */
export const COLOURS = `:root{color-scheme:light dark;--ink:#1b2430;--paper:#fff;--quiet:#47525e;--link:#0b4f9e;--line:#d3dae1;--land:#d3dce3;--far:#e6ebef;--sea:#f5f8fa;--dot:#14307f;--ring:#a34700;--here:#b3123f}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e9edf2;--paper:#13181e;--quiet:#a9b4c0;--link:#8fbcff;--line:#35404b;--land:#3a4753;--far:#27313b;--sea:#1a2129;--dot:#a9c9ff;--ring:#ffbe66;--here:#ff8fab}}`;

export const BODY = `*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}`;

/** Headings, links, the link that skips the navigation. */
export const TEXT = `h1{font-size:1.75rem;line-height:1.2;margin:1rem 0 .5rem}
h2{font-size:1.25rem;line-height:1.3;margin:1.75rem 0 .5rem}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-100vw}
.skip:focus{position:static;display:inline-block;padding:.25rem 0}
nav a[aria-current]{color:inherit;font-weight:600;text-decoration:none}
.quiet{color:var(--quiet)}`;
