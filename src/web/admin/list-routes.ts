import { type Html, html, type Part } from '../../html/html.ts';
import type { Page as Rows } from '../../requests/row-lists.ts';
import type { AllRows } from '../../requests/row-views.ts';
import type { Change } from '../../runs/run-model.ts';
import { counted } from '../../text.ts';
import { filterForm, pageLinks, withQuery } from '../layout/list-parts.ts';
import { type Column, linkButton, table } from '../layout/pieces.ts';
import { changeBadge } from '../layout/run-words.ts';
import { sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { AdminKind } from './admin-kind.ts';
import { newsOfRows } from './row-news.ts';

/** What a list of one kind of rows shows, and how it is searched. */
export interface ListKind<Row extends { readonly id: number }> {
  readonly title: string;
  /** Names of the parameters of its address, `page` aside. */
  readonly filters: readonly string[];
  readonly rows: (all: AllRows, query: URLSearchParams) => Rows<Row>;
  readonly fields: (query: URLSearchParams, all: AllRows) => Part;
  /** Words of the link that leads to a row. */
  readonly name: (row: Row) => string;
  readonly heading: string;
  readonly columns: (call: Call) => readonly Column<Row>[];
}

/** The page that lists one kind of rows: its search and filter are in the address, and there are 50 on a page. */
export function listRoute<Row extends { readonly id: number }>(kind: AdminKind, list: ListKind<Row>): Route {
  return {
    method: 'GET',
    path: kind.folder,
    who: 'administrator',
    answer: async (call, context) => {
      const all = await context.index.rows();
      const rows = list.rows(all, call.query);
      if (call.wantsJson) return sendJson(rows);
      const fields = list.fields(call.query, all);
      const news = newsOfRows(context.runs, kind.table);
      const main = render(call, kind, { list, rows, fields, news });
      return showPage(call, { title: list.title, section: kind.section, main });
    },
  };
}

interface Drawn<Row extends { readonly id: number }> {
  readonly list: ListKind<Row>;
  readonly rows: Rows<Row>;
  readonly fields: Part;
  readonly news: ReadonlyMap<number, Change>;
}

function render<Row extends { readonly id: number }>(
  call: Call,
  kind: AdminKind,
  { list, rows, fields, news }: Drawn<Row>,
): Html {
  const address = (page: number): string =>
    withQuery(kind.folder, {
      ...Object.fromEntries(list.filters.map((name) => [name, call.query.get(name)])),
      page: page === 1 ? null : page,
    });
  const columns: Column<Row>[] = [
    {
      heading: list.heading,
      cell: (row) =>
        html`<a href="${call.link(`${kind.folder}${row.id}`)}">${list.name(row) || '(no name)'}</a>`,
    },
    ...list.columns(call),
    ...(rows.rows.some(({ id }) => news.has(id))
      ? [{ heading: 'Last change', cell: ({ id }: Row) => lastChange(news.get(id)) }]
      : []),
  ];
  return html`<div class="top"><h1>${list.title}</h1>
${linkButton(call.link(`${kind.folder}new`), `New ${kind.kind}`, 'main')}</div>
${filterForm(call, kind.folder, fields)}
${
  rows.total === 0
    ? html`<p class="lead">Nothing is like this.</p>`
    : table<Row>(counted(rows.total, kind.kind), columns, rows.rows)
}
${pageLinks(call, rows, address)}`;
}

/** Of most rows nothing is known but that they are in the index: they were there before this server was. */
function lastChange(news: Change | undefined): Html {
  return news === undefined ? html`<span class="quiet">&ndash;</span>` : changeBadge(news.state);
}
