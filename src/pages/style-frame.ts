/** The parts around the content of a page: breadcrumbs, logo, links to neighbouring pages, footer. */
export const FRAME = `footer{max-width:64rem;margin:1.5rem auto 0;padding:.75rem 1rem}
footer ul,.trail ol{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0;padding:0}
footer ul{padding-top:.75rem;border-top:1px solid var(--line);font-size:.875rem}
.trail ol{column-gap:0;margin-top:.5rem;font-size:.875rem}
.trail li+li::before{content:"\\203a";padding:0 .5em;color:var(--quiet)}
.around{display:flex;flex-wrap:wrap;justify-content:space-between;gap:1rem;padding:.75rem 0}
.around a{padding:.25rem 0}
.around .quiet{display:table;font-size:.875rem}
.around [rel=next] .quiet{margin-inline-start:auto}
.around [rel=next]{margin-inline-start:auto;text-align:end}
.lock::before{content:"";display:inline-block;width:.75em;height:1em;margin-inline-end:.5em;vertical-align:-.1em;background:currentColor;mask:url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 12 16'%3E%3Cpath d='M1 7h10a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H1a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1z'/%3E%3Cpath d='M3 8V4a3 3 0 0 1 6 0v4' fill='none' stroke='%23000' stroke-width='2'/%3E%3C/svg%3E") center/contain no-repeat}
.copy{border:3px double var(--here);border-radius:.5rem;padding:.75rem 1rem}
.logo{float:inline-end;max-width:9rem;max-height:4.5rem;margin:0 0 .5rem 1rem;padding:.25rem;border-radius:.5rem;background:#fff}
.ask{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem .75rem}
.button{padding:.4rem .9rem;border:2px solid var(--link);border-radius:.5rem;text-decoration:none;font-weight:600}
.button:hover{background:var(--link);color:var(--paper)}
.hints{margin-top:.5rem;font-size:.875rem}
.hints summary{cursor:pointer}
.address{display:none}
@media print{footer ul,.around{display:none}.address{display:block}.key{print-color-adjust:exact}}`;
