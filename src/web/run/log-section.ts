import { type Html, html } from '../../html/html.ts';
import { withQuery } from '../layout/list-parts.ts';
import type { Call } from '../route.ts';
import { type LogPart, type LogView, lineHtml, MOST_LINES } from './log-html.ts';
import { logTools } from './log-tools.ts';

export interface LogSection {
  readonly log: LogPart;
  readonly view: LogView;
  /** Path of the page below the base, with its query. */
  readonly address: string;
  /** Of the whole log as text. */
  readonly download: string;
  /** What the clock counts from; null before it began. */
  readonly beganAt: string | null;
  /** Whether there is no line at all. */
  readonly isSilent: boolean;
}

/** A log and what can be done with it. */
export function logSection(
  call: Call,
  { log, view, address, download, beganAt, isSilent }: LogSection,
): Html {
  const { lines, before, after, total } = log;
  const [path = '', query = ''] = address.split('?');
  const own = Object.fromEntries(new URLSearchParams(query));
  const more = (words: string, from: number) =>
    html`<p data-more><a href="${call.link(`${withQuery(path, { ...own, ...paramsOf(view), from })}#log`)}">${words}</a></p>`;
  const isWhole = total === lines.length && !view.isTroubleOnly && view.text === '';
  // Without filters, lines follow each other up to the last one there is.
  const isEnd = after === 0 && !view.isTroubleOnly && view.text === '';
  const empty = isSilent ? 'It has said nothing yet.' : 'No line is like that.';
  return html`<section aria-labelledby="log"><h2 id="log">Log</h2>
${logTools(call, { path, own, download }, view)}
${before > 0 && more(`${before} earlier lines`, Math.max(1, before - MOST_LINES + 1))}
<div class="log wrapped" data-log tabindex="0" role="region" aria-label="Lines of the log" data-whole="${isWhole ? '1' : ''}" data-end="${isEnd ? '1' : ''}"><ol>${lines.map((line) => lineHtml(line, view, beganAt))}</ol></div>
${lines.length === 0 && html`<p class="quiet" data-empty>${empty}</p>`}
${after > 0 && more(`${after} later lines`, before + lines.length + 1)}
<p class="actions" data-new hidden><button type="button" class="other" data-follow></button></p>
</section>`;
}

function paramsOf({ isTroubleOnly, text, clock }: LogView): Record<string, string> {
  return {
    ...(isTroubleOnly ? { errors: '1' } : {}),
    ...(text === '' ? {} : { q: text }),
    ...(clock === 'utc' ? {} : { clock }),
  };
}
