import { notFound } from '../../http/http-failures.ts';
import type { Edit, EventRequest, FieldProblem } from '../../requests/request-model.ts';
import { sameAsLastYear } from '../../requests/same-as-last-year.ts';
import { EMPTY, type Filled } from '../layout/form-controls.ts';
import type { StudioName } from '../person.ts';
import { goTo, pageOrJson, sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import { changeFor } from '../run/event-audience.ts';
import type { WebContext } from '../web-context.ts';
import { digestOf, renderConfirm, renderForm } from './event-form.ts';

/** Requests of the studio that are listed below its form. */
const MOST_RECENT = 5;

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/studios/:key/request', who: 'owner', answer: showForm },
  { method: 'POST', path: '/studios/:key/request', who: 'owner', answer: request },
];

async function showForm(call: Call, context: WebContext): Promise<Response> {
  const studio = await studioOf(call, context);
  const like = await likeIn(call, studio, context);
  if (like === null) return formAnswer(call, context, studio, EMPTY);
  return formAnswer(call, context, studio, { values: { ...like.form }, problems: [] }, like.name);
}

async function request(call: Call, context: WebContext): Promise<Response> {
  const studio = await studioOf(call, context);
  const { form, person } = call;
  const typed: EventRequest = {
    name: form.text('name'),
    firstDay: form.text('firstDay'),
    lastDay: form.text('lastDay'),
  };
  const isLater = person?.rights.isAdministrator === true && form.text('later') !== '';
  const values = { ...typed, later: isLater ? '1' : '' };
  const again = (problems: readonly FieldProblem[]) =>
    formAnswer(call, context, studio, { values, problems });
  if (form.has('change')) return again([]);
  const edit: Edit = { kind: 'event', action: 'request', studio: studio.key, form: typed };
  const preview = await context.editor.preview(edit);
  if (preview.kind === 'invalid') return again(preview.problems);
  const effects = preview.kind === 'possible' ? [...preview.warnings, ...preview.consequences] : [];
  const isSeen = effects.length === 0 || form.text('confirmed') === digestOf(typed, effects);
  // A program reads what came of it in the answer.
  if (!isSeen && !call.wantsJson)
    return showPage(call, renderConfirm(call, studio, { typed, effects, isLater }));
  const outcome = await context.editor.save(edit, { by: person?.userid ?? '', publish: !isLater });
  if (outcome.kind === 'invalid') return again(outcome.problems);
  if (outcome.kind !== 'saved') throw notFound('this studio');
  if (call.wantsJson) {
    const location = call.link(`/requests/${outcome.change}`);
    const { change, warnings, consequences } = outcome;
    return sendJson({ change, warnings, consequences }, 201, { Location: location });
  }
  return goTo(call, context, `/requests/${outcome.change}?go=1`);
}

async function formAnswer(
  call: Call,
  context: WebContext,
  studio: StudioName,
  filled: Filled,
  likeName: string | null = null,
): Promise<Response> {
  const { index, runs, target, publicUrl, now } = context;
  if (filled.problems.length > 0 && call.wantsJson) return sendJson({ problems: filled.problems }, 422);
  const years = await index.eventsOfStudio(studio.key);
  const recent = runs.changes({ studio: studio.key, kinds: ['event'], limit: MOST_RECENT }).rows;
  const site = publicUrl(target);
  return pageOrJson(call, {
    json: () => {
      const isAdministrator = call.person?.rights.isAdministrator === true;
      const requests = recent.map((change) => changeFor(change, isAdministrator));
      return { studio, events: years, requests };
    },
    page: () =>
      renderForm(call, {
        studio,
        filled,
        years,
        recent,
        addressOf: (path) => (site === null ? null : `${site}/${path}/`),
        today: new Date(now()).toISOString().slice(0, 10),
        likeName,
      }),
  });
}

/** @throws {Failure} `not-found` */
async function studioOf({ params }: Call, { index }: WebContext): Promise<StudioName> {
  const studio = await index.studioByKey(params['key'] ?? '');
  if (!studio) throw notFound('this studio');
  return studio;
}

/** What `?like=` fills the form with: an event of this studio; null for none. */
async function likeIn(
  { query }: Call,
  studio: StudioName,
  { index }: WebContext,
): Promise<{ name: string; form: EventRequest } | null> {
  const id = Number(query.get('like') ?? Number.NaN);
  const event = Number.isSafeInteger(id) ? await index.event(id) : null;
  return event?.studio === studio.key ? { name: event.name, form: sameAsLastYear(event) } : null;
}
