import { type Html, html } from '../../html/html.ts';
import { notFound } from '../../http/http-failures.ts';
import type { EventView } from '../../requests/row-views.ts';
import { button, EMPTY, formOf, selectField } from '../layout/form-controls.ts';
import { goTo, sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { idOf } from './admin-kind.ts';
import { hiddenField } from './edit-pages.ts';
import { afterSaving, userOf } from './save-answer.ts';

export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/admin/events/:id/move', who: 'administrator', answer: move },
];

/** Puts an event elsewhere in the list of its studio and year. Nothing for one that is alone there. */
export function orderForm(call: Call, all: readonly EventView[], event: EventView): Html {
  const { id, version, studio, year } = event;
  const events = all.filter((other) => other.studio === studio && other.year === year);
  if (events.length < 2) return html``;
  const others = events.filter((other) => other.id !== id);
  const next = events[events.findIndex((other) => other.id === id) + 1];
  const choices = [
    ...others.map(({ id: at, name }) => [String(at), `before ${name}`] as const),
    [LAST, 'at the end'] as const,
  ];
  return formOf(
    call,
    `/admin/events/${id}/move`,
    hiddenField('version', version),
    selectField(
      { name: 'before', label: `Place among its ${events.length} events of ${year}`, choices },
      { ...EMPTY, values: { before: String(next?.id ?? LAST) } },
    ),
    html`<p class="actions">${button('Move', 'other', 'do', 'save')}</p>`,
  );
}

const LAST = 'last';

async function move(call: Call, context: WebContext): Promise<Response> {
  const id = idOf(call);
  if (id === null) throw notFound('this event');
  const [version, before] = [call.form.text('version'), call.form.text('before')];
  const place = before === LAST ? null : Number(before);
  const back = `/admin/events/${id}`;
  const outcome = await context.editor.save(
    { kind: 'event', action: 'move', id, version, before: place },
    { by: userOf(call), publish: false },
  );
  if (outcome.kind === 'saved' || outcome.kind === 'unchanged')
    return afterSaving(call, context, { ...outcome, publish: false, back });
  if (outcome.kind === 'missing') throw notFound('this event');
  const why =
    outcome.kind === 'invalid'
      ? outcome.problems.map(({ message }) => message).join(' ')
      : 'Not moved: somebody else has changed this event meanwhile. Look at it, and move it again.';
  return call.wantsJson ? sendJson({ problems: [why] }, 409) : goTo(call, context, back, why);
}
