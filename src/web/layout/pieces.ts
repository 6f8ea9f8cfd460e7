import { type Html, html, type Part } from '../../html/html.ts';
import { agoWords } from './whole-words.ts';

/** How something went; a badge has words, and a shape besides its colour. */
export type Tone = 'good' | 'bad' | 'wait' | 'busy' | 'none';

export function badge(tone: Tone, words: string): Html {
  return html`<span class="badge ${tone}">${words}</span>`;
}

/** @param kind `main` for what the page is for, `go` for an update of the machines, `danger` for what takes away */
export function linkButton(
  href: string,
  words: Part,
  kind: 'main' | 'go' | 'danger' | 'other' = 'other',
): Html {
  return html`<a class="button ${kind}" href="${href}">${words}</a>`;
}

/** @param percent null while nobody knows */
export function progressBar(id: string, label: string, percent: number | null): Html {
  const value = percent === null ? null : Math.round(percent);
  return html`<div class="progress"><label for="${id}"><span>${label}</span><span data-percent>${value !== null && `${value}%`}</span></label>
<progress id="${id}" max="100"${value !== null && html` value="${value}"`}>${value !== null && `${value}%`}</progress></div>`;
}

/** A moment: in the reader's own zone by script, in UTC without, and always in the title. Null gives a dash. */
export function time(at: string | Date | null): Html {
  if (at === null) return html`&ndash;`;
  const iso = typeof at === 'string' ? at : at.toISOString();
  const words = `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
  return html`<time datetime="${iso}" title="${`${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`}">${words}</time>`;
}

/** A moment by how long ago it was; when that was is in the title. @param now milliseconds since 1970 */
export function ago(at: string, now: number): Html {
  const words = `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
  return html`<time datetime="${at}" title="${words}" data-ago>${agoWords(at, now)}</time>`;
}

/** Terms and what they are. */
export function facts(rows: readonly (readonly [term: string, what: Part])[]): Html {
  return html`<dl class="facts">${rows.map(([term, what]) => html`<dt>${term}</dt><dd>${what}</dd>`)}</dl>`;
}

export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => Part;
  readonly isNumber?: true;
}

/** A table whose rows are cards on a phone. The first column names the row. @param caption says what the rows are */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  const heads = columns.map(
    ({ heading, isNumber }) => html`<th scope="col"${isNumber && html` class="number"`}>${heading}</th>`,
  );
  const cellOf = ({ heading, cell, isNumber }: Column<Row>, at: number, row: Row): Html =>
    at === 0
      ? html`<th scope="row">${cell(row)}</th>`
      : html`<td data-label="${heading}"${isNumber && html` class="number"`}><span>${cell(row)}</span></td>`;
  const lines = rows.map((row) => html`<tr>${columns.map((column, at) => cellOf(column, at, row))}</tr>\n`);
  return html`<table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table>`;
}
