import { type Html, html, type Part } from '../../html/html.ts';
import type { Call } from '../route.ts';
import { button, type Filled, selectField, textField } from './form-controls.ts';

/** Where somebody is in a long list. */
export interface PageOf {
  readonly total: number;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
}

/** A path with those parameters that hold anything. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== '') parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A form whose fields become the address: it can be kept, sent on, and gone back to. @param path below the base */
export function filterForm(call: Pick<Call, 'link'>, path: string, ...fields: readonly Part[]): Html {
  return html`<form method="get" action="${call.link(path)}" role="search" class="filter">
${fields}
<p class="actions">${button('Show', 'other')}<a href="${call.link(path)}">Show all</a></p>
</form>`;
}

/** Links to the pages around. Nothing for a list of one page. @param address of a page, below the base */
export function pageLinks(
  call: Pick<Call, 'link'>,
  { total, page, pages }: PageOf,
  address: (page: number) => string,
): Html {
  if (pages <= 1) return html``;
  const to = (other: number, words: string, rel: string): Html =>
    html`<a class="button other" rel="${rel}" href="${call.link(address(other))}">${words}</a>`;
  return html`<nav class="pages" aria-label="Pages of the list">
${page > 1 && to(page - 1, 'Previous', 'prev')}
<span>Page ${page} of ${pages} (${total} in all)</span>
${page < pages && to(page + 1, 'Next', 'next')}
</nav>`;
}

/** From the query of an address: a whole number from 1. */
export function pageNumber(query: URLSearchParams): number {
  const page = Number(query.get('page') ?? 1);
  return Number.isSafeInteger(page) && page >= 1 ? page : 1;
}

/** A field of `filterForm` for words, or for a day. */
export function searchField(
  query: URLSearchParams,
  name: string,
  label: string,
  type: 'search' | 'date' = 'search',
): Html {
  return textField({ name, label, type }, filledFrom(query, name));
}

/** A field of `filterForm` for one of several. What the address asks for stays, also where there is no such thing. */
export function filterField(
  query: URLSearchParams,
  name: string,
  label: string,
  choices: readonly (readonly [value: string, words: string])[],
): Html {
  const filled = filledFrom(query, name);
  return selectField({ name, label, choices: withChosen(choices, filled.values[name] ?? '') }, filled);
}

/** With what is chosen, should it not be among them. */
export function withChosen(
  choices: readonly (readonly [value: string, words: string])[],
  chosen: string,
): readonly (readonly [value: string, words: string])[] {
  if (chosen === '' || choices.some(([value]) => value === chosen)) return choices;
  return [...choices, [chosen, chosen]];
}

function filledFrom(query: URLSearchParams, name: string): Filled {
  return { values: { [name]: query.get(name) ?? '' }, problems: [] };
}
