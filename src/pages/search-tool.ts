import { type Html, html } from '../html/html.ts';

/**
 * What the script needs and shows: a search over what the page lists, and with `near` the choice of a place from which
 * distances are told. Without the script none of it can be seen, and the page has everything all the same.
 */
export function renderSearch({ near }: { readonly near: boolean }): Html {
  return html`<div id="search" role="search" hidden>
<p class="field"><label for="find">Search</label> <input id="find" type="search" placeholder="Studio, place, event, month" autocomplete="off" spellcheck="false" enterkeyhint="search"></p>
${
  near &&
  html`<p class="field"><label for="near">Near</label> <select id="near"><option value="">anywhere</option></select> <button type="button" id="locate">Use my position</button></p>
<p class="field check keep"><input id="keep" type="checkbox"> <label for="keep">Remember this place here</label></p>
<p class="field check"><input id="past" type="checkbox"> <label for="past">Show what is over</label></p>
`
}<p id="found" role="status"></p>
</div>
`;
}

/** A heading to which the script adds from where things are near. */
export const NEXT_DATES = html`Next dates<span></span>`;

/** Where the script puts the next dates, or the nearest ones: a few of those that the page lists. */
export function renderNext(heading: string | Html, count: number): Html {
  return html`<section id="next" data-count="${count}" hidden>
<h2>${heading}</h2>
<ul class="events"></ul>
</section>
`;
}
