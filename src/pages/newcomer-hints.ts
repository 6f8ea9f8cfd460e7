import { type Html, html } from '../html/html.ts';
import type { SiteView } from './view.ts';

/** What somebody who is here for the first time wants to know; closed until it is asked for. In English. */
export function renderHints({ links, site }: SiteView): Html {
  return html`<details class="hints">
<summary>Hints</summary>
<ul>
<li>Choose a studio by its name or on the map to see its events.</li>
<li>To open an event you need its studio's ${site.hasPlatform ? html`<a href="${links.passwords}">password</a>` : 'password'}. Ask the studio for it.</li>
<li>Do you run a studio? Its page has a button that requests a new event.</li>
${
  site.hasPlatform &&
  html`<li>Try the <a href="${links.demo}">demo</a>: what you enter there is gone about an hour after the last visit.</li>
<li>The <a href="${links.docs}">documentation</a> shows all that an event can do.</li>
`
}</ul>
</details>
`;
}
