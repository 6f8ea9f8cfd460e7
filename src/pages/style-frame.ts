/** What surrounds the content of a page: the way to it, the logo, the pages around it, the foot. */
export const FRAME = `footer{max-width:64rem;margin:1.5rem auto 0;padding:.75rem 1rem}
footer ul,.trail ol{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0;padding:0}
footer ul{padding-top:.75rem;border-top:1px solid var(--line);font-size:.875rem}
.trail ol{column-gap:0;margin-top:.5rem;font-size:.875rem}
.trail li+li::before{content:"\\203a";padding:0 .5em;color:var(--quiet)}
.around{display:flex;flex-wrap:wrap;justify-content:space-between;gap:1rem;padding:.75rem 0}
.around a{padding:.25rem 0}
.around .quiet{display:block;font-size:.875rem}
.around [rel=next]{margin-inline-start:auto;text-align:end}
.lock::before{content:"\\1f512\\fe0e" / "";margin-inline-end:.4em}
.copy{border:3px double var(--here);border-radius:.5rem;padding:.75rem 1rem}
.logo{float:inline-end;max-width:9rem;max-height:4.5rem;margin:0 0 .5rem 1rem;padding:.25rem;border-radius:.5rem;background:#fff}
.button{display:inline-block;padding:.5rem 1rem;margin-inline-end:.5rem;border-radius:.5rem;background:var(--link);color:var(--paper);text-decoration:none;font-weight:600}
.button:hover{text-decoration:underline}
.address{display:none}
@media print{footer ul,.around{display:none}.address{display:block}.key{print-color-adjust:exact}}`;
