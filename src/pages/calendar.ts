import { type Html, html } from '../html/html.ts';
import { countEvents, type Year } from '../index/index-model.ts';
import { renderMonths } from './event-lists.ts';
import type { SiteView } from './view.ts';

/**
 * Years of several studios in English, newest first: the newest is open, and what was before it a click away.
 *
 * @param places whether each event says where it is, for distances
 */
export function renderCalendar(view: SiteView, years: readonly Year[], places: boolean): Html {
  return html`${years.map(({ year, studios }, at) => {
    const months = renderMonths(view, studios, { heading: 'h3', id: at === 0 ? '' : `${year}-`, places });
    return at === 0
      ? html`<section>
<h2>${year}</h2>
${months}</section>
`
      : html`<details>
<summary><h2>${year}</h2> <span class="quiet">${counted(countEvents(studios), 'event')}</span></summary>
${months}</details>
`;
  })}`;
}

/** `1 event`, `1,200 events`. */
export function counted(count: number, what: string): string {
  const grouped = String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${grouped} ${what}${count === 1 ? '' : 's'}`;
}
