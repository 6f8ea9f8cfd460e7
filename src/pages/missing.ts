import { html } from '../html/html.ts';
import { aboutMissing } from './about-page.ts';
import { renderLayout } from './page-layout.ts';
import type { SiteView } from './view.ts';

/**
 * What stands in the place of a page that is not there. Navigator has no such page of its own: the application's index
 * answers for what nothing else serves, and shows this file.
 */
export function renderMissing(view: SiteView): string {
  return renderLayout({
    view,
    about: aboutMissing(),
    main: html`<h1>There is no such page</h1>
<p>It may have been renamed, or its event is over and gone. Look for the studio by its name, or on the map:</p>
<p><a href="${view.links.studios}">All studios</a></p>`,
  });
}
