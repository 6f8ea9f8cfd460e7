import { hash } from 'node:crypto';
import { type Html, html } from '../../html/html.ts';
import type { EventsOfYear } from '../../requests/index-reader.ts';
import type { EventRequest } from '../../requests/request-model.ts';
import type { EventView } from '../../requests/row-views.ts';
import { sameAsLastYear } from '../../requests/same-as-last-year.ts';
import type { Change } from '../../runs/run-model.ts';
import { button, checkBox, errorSummary, type Filled, formOf, textField } from '../layout/form-controls.ts';
import { table, time } from '../layout/pieces.ts';
import { changeBadge } from '../layout/run-words.ts';
import type { Page } from '../layout/web-layout.ts';
import type { StudioName } from '../person.ts';
import type { Call } from '../route.ts';
import { daysWords } from './request-page.ts';

export interface FormPage {
  readonly studio: StudioName;
  readonly filled: Filled;
  readonly years: readonly EventsOfYear[];
  /** Requests for this studio, newest first. */
  readonly recent: readonly Change[];
  /** Address of an event's path; null where nobody has said where events are seen. */
  readonly addressOf: (path: string) => string | null;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** Whether what was typed is like an earlier event. */
  readonly likeName: string | null;
}

const pathOf = ({ key }: StudioName): string => `/studios/${encodeURIComponent(key)}/request`;

/** A studio's request for an event, with the events that it has. */
export function renderForm(call: Call, page: FormPage): Page {
  const { studio, filled, likeName, recent } = page;
  const isWrong = filled.problems.length > 0;
  return {
    title: `${isWrong ? 'Not yet: ' : ''}Request an event for ${studio.name}`,
    section: 'studios',
    ...(isWrong ? { status: 422 } : {}),
    main: html`<h1>Request an event</h1>
<p class="lead">For ${studio.name}. You watch it come live, which takes some seconds.</p>
${errorSummary(filled)}
${likeName !== null && html`<p class="notice" role="status">Filled in from ${likeName}: look at the name and the dates before you send it.</p>`}
${formOf(call, pathOf(studio), ...fields(filled), laterBox(call, filled), html`<p class="actions">${button('Request the event')}</p>`)}
${recent.length > 0 && recentTable(call, recent)}
<h2>Events that ${studio.name} has</h2>
${existing(call, page)}`,
  };
}

function fields(filled: Filled): Html[] {
  return [
    textField({ name: 'name', label: 'Name of the event', isRequired: true, autocomplete: 'off' }, filled),
    html`<div class="row">${textField({ name: 'firstDay', label: 'First day', type: 'date', isRequired: true }, filled)}
${textField({ name: 'lastDay', label: 'Last day, if another', type: 'date' }, filled)}</div>`,
  ];
}

function laterBox({ person }: Call, { values }: Filled): Html {
  if (!person?.rights.isAdministrator) return html``;
  return checkBox('later', 'Create it without updating the machines', (values['later'] ?? '') !== '');
}

function recentTable(call: Call, changes: readonly Change[]): Html {
  return html`<h2>Asked for lately</h2>${table<Change>(
    'Requests for this studio, newest first',
    [
      {
        heading: 'Event',
        cell: ({ id, after, subject }) =>
          html`<a href="${call.link(`/requests/${id}`)}">${String(after?.['name'] ?? subject)}</a>`,
      },
      { heading: 'How it stands', cell: ({ state }) => changeBadge(state) },
      { heading: 'When', cell: ({ at }) => time(at) },
    ],
    changes,
  )}`;
}

function existing(call: Call, { years, studio, addressOf, today }: FormPage): Html {
  if (years.length === 0) return html`<p class="quiet">None yet.</p>`;
  return html`<p>Is yours among them? Then it need not be requested.</p>
${years.map(
  ({ year, events }, at) => html`<h3>${year}</h3>
<ul class="events">${events.map((event) => eventItem(call, { event, studio, addressOf, isNewest: at === 0, today }))}</ul>`,
)}`;
}

interface Item extends Pick<FormPage, 'studio' | 'addressOf' | 'today'> {
  readonly event: EventView;
  /** Whether it is of the newest year that there is. */
  readonly isNewest: boolean;
}

function eventItem(call: Call, { event, studio, addressOf, isNewest, today }: Item): Html {
  const address = addressOf(event.path);
  const name = event.name || event.path;
  const like = sameAsLastYear(event);
  const isOffered = isNewest || like.firstDay >= today;
  const again = `${pathOf(studio)}?like=${event.id}`;
  return html`<li><span>${address === null ? name : html`<a href="${address}">${name}</a>`}${event.date !== '' && html` <span class="quiet">${daysWords(event.date)}</span>`}</span>
${isOffered && html`<a class="again" href="${call.link(again)}">${like.firstDay === '' ? 'Same again' : `Same again in ${like.firstDay.slice(0, 4)}`}<span class="hidden">: ${name}</span></a>`}</li>
`;
}

/** What an event would move or go with it, before it is requested. Nothing that was typed is lost. */
export function renderConfirm(
  call: Call,
  studio: StudioName,
  { typed, effects, isLater }: { typed: EventRequest; effects: readonly string[]; isLater: boolean },
): Page {
  const hidden = Object.entries({ ...typed, ...(isLater ? { later: '1' } : {}) }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return {
    title: 'Is that what you want?',
    section: 'studios',
    main: html`<h1>Is that what you want?</h1>
<p class="lead">${typed.name}, ${daysWords([typed.firstDay, typed.lastDay].filter(Boolean).join(' - '))}, for ${studio.name}.</p>
<div class="card trouble" role="alert" tabindex="-1" data-focus><h2>This is done with it</h2>
<ul>${effects.map((effect) => html`<li>${effect}</li>`)}</ul></div>
<p>Nothing is saved yet.</p>
${formOf(
  call,
  pathOf(studio),
  hidden,
  html`<p class="actions">${button('Request it all the same', 'main', 'confirmed', digestOf(typed, effects))}
${button('Change what I typed', 'other', 'change', '1')}</p>`,
)}`,
  };
}

/** Says that these effects of this request were seen. */
export function digestOf(typed: EventRequest, effects: readonly string[]): string {
  return hash('sha256', JSON.stringify([typed, effects])).slice(0, 16);
}
