import { type Html, html } from '../../html/html.ts';
import { button } from '../layout/form-controls.ts';
import { linkButton } from '../layout/pieces.ts';
import type { Call } from '../route.ts';
import type { LogView } from './log-html.ts';

/** Where a log is to be had, below the base. */
export interface LogAddress {
  /** Of the page. */
  readonly path: string;
  /** Parameters that this path needs. */
  readonly own: Readonly<Record<string, string>>;
  readonly download: string;
}

/** What can be done with a log. Without script it is a form, and the server shows what was asked for. */
export function logTools(
  call: Call,
  { path, own, download }: LogAddress,
  { text, isTroubleOnly, clock }: LogView,
): Html {
  const option = (value: string, words: string): Html =>
    html`<option value="${value}"${value === clock && html` selected`}>${words}</option>`;
  return html`<form class="tools" method="get" action="${call.link(path)}" role="search" data-tools>
${Object.entries(own).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<p><label for="log-q">Search the log</label> <input id="log-q" type="search" name="q" value="${text}" autocomplete="off"></p>
<p data-scripted hidden><span data-found role="status"></span>
${plain('previous', 'Previous')}
${plain('next', 'Next')}</p>
<p class="check"><label><input type="checkbox" name="errors" value="1"${isTroubleOnly && html` checked`}>Errors only</label></p>
<p><label for="log-clock">Times</label> <select id="log-clock" name="clock"><option value="local" data-scripted hidden>Local</option>${option('utc', 'UTC')}${option('since', 'Since it began')}</select></p>
<p class="check" data-scripted hidden><label><input type="checkbox" data-wrap checked>Wrap lines</label></p>
<p data-plain>${button('Show', 'other')}</p>
<p data-scripted hidden>${plain('fold', 'Fold the machines')}</p>
<p data-scripted hidden>${plain('copy', 'Copy')}</p>
<p>${linkButton(call.link(download), 'Download')}</p>
</form>`;
}

function plain(name: string, words: string): Html {
  return html`<button type="button" class="other" data-${name}>${words}</button>`;
}
