import { type Html, html, type Part } from '../../html/html.ts';
import { notFound } from '../../http/http-failures.ts';
import type { Receipt } from '../../runs/hooks/kept-receipts.ts';
import type { Delivery, DeliveryState, EndpointState } from '../../runs/hooks/webhook-model.ts';
import { duration } from '../../text.ts';
import { type Endpoint, TYPES } from '../../webhooks/endpoints.ts';
import type { HookKeys } from '../../webhooks/verify-hook.ts';
import { button, formOf } from '../layout/form-controls.ts';
import { pageLinks, pageNumber, withQuery } from '../layout/list-parts.ts';
import { badge, facts, type Tone, table, time } from '../layout/pieces.ts';
import { goTo, pageOrJson, sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';

const PATH = '/admin/webhooks/';
const PAGE_SIZE = 50;
const MOST_RECEIPTS = 20;
/** Seconds between two looks of a page at the list: while something waits, and else. */
const LOOK_SECONDS = { busy: 2, idle: 15 } as const;

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: PATH, who: 'administrator', answer: show },
  { method: 'POST', path: '/admin/webhooks/test', who: 'administrator', answer: test },
  { method: 'POST', path: '/admin/webhooks/:id/again', who: 'administrator', answer: again },
];

/** An endpoint as it is shown: without its keys, and without what may be a token in its address. */
type Shown = EndpointState & Pick<Endpoint, 'id' | 'way' | 'types'> & { readonly address: string };

interface Seen {
  readonly endpoints: readonly Shown[];
  readonly deliveries: readonly Delivery[];
  readonly total: number;
  readonly page: number;
  readonly received: readonly Receipt[];
  readonly taken: Readonly<Record<keyof HookKeys, boolean>>;
}

function show(call: Call, { runs, webhooks, hooks }: WebContext): Response {
  const page = pageNumber(call.query);
  const { rows: deliveries, total } = runs.outbox.list({ page, limit: PAGE_SIZE });
  const endpoints = webhooks.endpoints.map(({ id, way, types, shown: address }) => ({
    ...{ id, address, way, types },
    ...runs.outbox.stateOf(id),
  }));
  const { webhook, github, store } = hooks.keys;
  const taken = { webhook: webhook.length > 0, github: github.length > 0, store: store.length > 0 };
  const seen = { endpoints, deliveries, total, page, received: runs.hooks.last(MOST_RECEIPTS), taken };
  return pageOrJson(call, {
    json: () => ({ ...seen, pages: pagesOf(total) }),
    page: () => ({
      title: 'Webhooks',
      section: 'webhooks',
      main: html`<h1>Webhooks</h1>
<p class="lead">Messages to other programs about runs, and the requests that they send.</p>
${endpointsPart(call, seen)}
${deliveriesPart(call, seen)}
${receivedPart(call, seen)}`,
    }),
  });
}

/** One message for one endpoint; it is tried once. An endpoint that has ended is told things again if it takes it. */
function test(call: Call, context: WebContext): Response {
  const { runs, webhooks } = context;
  const endpoint = webhooks.endpoints.find(({ id }) => id === call.form.text('endpoint'));
  if (!endpoint) throw notFound('this endpoint');
  const id = runs.outbox.test(endpoint.id);
  webhooks.wake();
  if (call.wantsJson) return sendJson({ id }, 202);
  return goTo(call, context, PATH, `A test is on its way to ${endpoint.shown}.`);
}

function again(call: Call, context: WebContext): Response {
  const { runs, webhooks } = context;
  const id = runs.outbox.again(call.params['id'] ?? '');
  if (id === null) throw notFound('this delivery, or its endpoint,');
  webhooks.wake();
  if (call.wantsJson) return sendJson({ id }, 202);
  return goTo(call, context, PATH, 'It is being sent again.');
}

const pagesOf = (total: number): number => Math.max(1, Math.ceil(total / PAGE_SIZE));

function endpointsPart(call: Call, { endpoints }: Seen): Html {
  const none = html`<p class="quiet">No messages are sent. Set <code>WEBHOOK_URLS</code> and <code>WEBHOOK_SIGNING_KEY_FILE</code>.</p>`;
  return html`<section aria-labelledby="endpoints"><h2 id="endpoints">Endpoints</h2>
<div id="endpoints-list" data-refresh-part>
${
  endpoints.length === 0
    ? none
    : table<Shown>(
        'From the settings of this server',
        [
          { heading: 'Address', cell: ({ address }) => html`<span class="address">${address}</span>` },
          { heading: 'State', cell: receiverState },
          {
            heading: 'Told of',
            cell: ({ way, types }) =>
              html`${types.length === TYPES.length ? 'everything' : types.join(', ')}${way === 'get' && ' (asked, not signed)'}`,
          },
          { heading: 'Waiting', cell: ({ waiting }) => waiting, isNumber: true },
          { heading: 'Last taken', cell: ({ deliveredAt }) => time(deliveredAt) },
          {
            heading: 'What to do',
            cell: ({ id, address }) =>
              formOf(
                call,
                '/admin/webhooks/test',
                button(html`Send a test<span class="hidden"> to ${address}</span>`, 'other', 'endpoint', id),
              ),
          },
        ],
        endpoints,
      )
}
</div></section>`;
}

function receiverState({ endedAt, problem }: Shown): Html {
  if (endedAt !== null)
    return html`${badge('none', 'Ended')}: it answered 410 ${time(endedAt)}; a test that it takes has it told things again.`;
  return problem === null ? badge('good', 'In order') : html`${badge('bad', 'Failing')}: ${problem}`;
}

const STATES: Readonly<Record<DeliveryState, readonly [Tone, string]>> = {
  waiting: ['wait', 'Waiting'],
  sending: ['busy', 'Being sent'],
  delivered: ['good', 'Delivered'],
  'given-up': ['bad', 'Given up'],
  ended: ['none', 'Ended'],
};

function deliveriesPart(call: Call, { endpoints, deliveries, total, page }: Seen): Html {
  const isBusy = deliveries.some(({ state }) => state === 'sending' || state === 'waiting');
  const addressOf = (id: string): string =>
    endpoints.find((one) => one.id === id)?.address ?? `${id}, no more`;
  return html`<section aria-labelledby="deliveries"><h2 id="deliveries">Deliveries</h2>
<div id="deliveries-list" data-refresh-part data-refreshing="${isBusy ? LOOK_SECONDS.busy : LOOK_SECONDS.idle}">
${
  deliveries.length === 0
    ? html`<p class="quiet">Nothing was sent yet.</p>`
    : table<Delivery>(
        `${total} in all, newest first`,
        [
          {
            heading: 'What',
            cell: ({ type, endpoint }) => html`${type} <span class="beside">to ${addressOf(endpoint)}</span>`,
          },
          { heading: 'State', cell: statePart },
          { heading: 'Answer', cell: answerPart },
          { heading: 'Since', cell: ({ madeAt }) => time(madeAt) },
          {
            heading: 'What to do',
            cell: (delivery) =>
              endpoints.some(({ id }) => id === delivery.endpoint) &&
              delivery.state !== 'sending' &&
              againForm(call, delivery),
          },
        ],
        deliveries,
      )
}
${pageLinks(call, { total, page, pages: pagesOf(total) }, (other) => withQuery(PATH, { page: other }))}
</div></section>`;
}

function statePart({ state, dueAt, attempts }: Delivery): Html {
  const next = dueAt !== null && attempts > 0 && html`, next try ${time(dueAt)}`;
  return html`${badge(...STATES[state])}${next}`;
}

function answerPart({ status, problem, ms, attempts }: Delivery): Part {
  if (attempts === 0) return '';
  const took = ms === null ? '' : ` after ${duration(ms)}`;
  const times = attempts === 1 ? '' : `, ${attempts} attempts`;
  if (status === null && problem === null) return `no answer yet${times}`;
  return `${problem ?? status}${took}${times}`;
}

function againForm(call: Call, { id, type, state }: Delivery): Html {
  const words = state === 'waiting' ? 'Send now' : 'Send again';
  return formOf(
    call,
    `/admin/webhooks/${id}/again`,
    button(html`${words}<span class="hidden">: ${type}</span>`, 'other'),
  );
}

const SENDERS: Readonly<Record<keyof HookKeys, string>> = {
  webhook: 'Signed requests (Standard Webhooks)',
  github: 'GitHub',
  store: 'The object store, by token',
};

function receivedPart(call: Call, { received, taken }: Seen): Html {
  const rows = Object.entries(SENDERS) as [keyof HookKeys, string][];
  return html`<section aria-labelledby="received"><h2 id="received">Requests of programs</h2>
${facts(rows.map(([name, words]) => [words, taken[name] ? 'taken' : 'not set up'] as const))}
${
  received.length === 0
    ? html`<p class="quiet">None has come yet.</p>`
    : table<Receipt>(
        'The last that were taken',
        [
          { heading: 'When', cell: ({ at }) => time(at) },
          { heading: 'Came to', cell: ({ hook }) => html`<code>hooks/${hook}</code>` },
          { heading: 'Proved by', cell: ({ sender }) => sender },
          {
            heading: 'Run',
            cell: ({ run }) =>
              run === null
                ? 'none was needed'
                : html`<a href="${call.link(`/runs/${run}`)}">Run ${run.slice(0, 6)}</a>`,
          },
        ],
        received,
      )
}</section>`;
}
