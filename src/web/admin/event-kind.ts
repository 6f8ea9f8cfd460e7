import { type Html, html } from '../../html/html.ts';
import { isDay } from '../../requests/event-days.ts';
import type { EventForm } from '../../requests/request-model.ts';
import { type EventView, eventViews, studioViews } from '../../requests/row-views.ts';
import { type Filled, selectField, textField } from '../layout/form-controls.ts';
import { facts } from '../layout/pieces.ts';
import type { Call } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import type { AdminKind, FormValues } from './admin-kind.ts';
import { hiddenField } from './edit-pages.ts';
import { orderForm } from './event-order-form.ts';
import { studioChoices } from './studio-choices.ts';

export const EVENTS: AdminKind = {
  kind: 'event',
  one: 'an event',
  table: 'showcases',
  folder: '/admin/events/',
  section: 'events',
  fields: [
    { name: 'studio', label: 'Studio' },
    { name: 'name', label: 'Name' },
    { name: 'firstDay', label: 'First day' },
    { name: 'lastDay', label: 'Last day' },
    { name: 'key', label: 'Key' },
    { name: 'year', label: 'Year' },
    { name: 'date', label: 'Date in words' },
    { name: 'written', label: 'Date as it is written' },
  ],
  row: async (call, index, id) => {
    const events = eventViews(await index.rows());
    const event = events.find((one) => one.id === id);
    if (event === undefined) return null;
    const { version, name, year, studioName } = event;
    return {
      id,
      version,
      title: `${name || event.key}, ${studioName || '?'} ${year ?? ''}`.trim(),
      values: valuesOf(event),
      about: aboutEvent(event),
      forms: orderForm(call, events, event),
    };
  },
  blank: ({ query }) => ({ studio: query.get('studio') ?? '' }),
  editOf: (values, existing) => {
    const { studio = '', name = '', key = '' } = values;
    const form = { studio, name, key, ...datesOf(values) };
    if (existing === null) return { kind: 'event', action: 'create', form };
    return { kind: 'event', action: 'update', id: existing.id, version: existing.version, form };
  },
  deletionOf: (_, { id, version }) => ({ kind: 'event', action: 'delete', id, version }),
  form: eventForm,
};

type Dates = Pick<EventForm, 'firstDay' | 'lastDay' | 'date' | 'year'>;

/** What is typed as days goes before words. A date whose days nobody changed stays as it was written. */
function datesOf({ firstDay = '', lastDay = '', date = '', year = '', written = '' }: FormValues): Dates {
  const isAsWritten = firstDay !== '' && spellings(firstDay, lastDay || firstDay).includes(written);
  if (!isAsWritten) return { firstDay, lastDay, date, year };
  return { firstDay: '', lastDay: '', date: written, year: year || firstDay.slice(0, 4) };
}

/** Programs write the days of an event so; some write one day as a span. */
function spellings(from: string, to: string): string[] {
  return [...(from === to ? [from] : []), `${from} - ${to}`];
}

/** Days where the row has them as days, else its text. The year is left to the first day where both agree. */
function valuesOf({ studio, name, key, year, date, days }: EventView): FormValues {
  const hasDays = days !== null && isDay(days.from) && spellings(days.from, days.to).includes(date);
  const isUsual = hasDays && days.from.startsWith(`${year}-`);
  return {
    studio,
    name,
    firstDay: hasDays ? days.from : '',
    lastDay: hasDays && days.to !== days.from ? days.to : '',
    key,
    year: isUsual ? '' : String(year ?? ''),
    date: hasDays ? '' : date,
    written: hasDays ? date : '',
  };
}

function aboutEvent({ path, database, date }: EventView): Html {
  return facts([
    ['Address', `/${path}/`],
    ['Database', database],
    ['Date in the index', date || '\u2013'],
  ]);
}

async function eventForm(_: Call, { index }: WebContext, filled: Filled): Promise<Html> {
  const studios = studioViews(await index.rows());
  const { values, problems } = filled;
  const isOpen =
    ['year', 'date'].some((name) => (values[name] ?? '') !== '') ||
    problems.some(({ field }) => ['key', 'year', 'date'].includes(field));
  return html`${selectField({ name: 'studio', label: 'Studio', isRequired: true, choices: studioChoices(studios, values['studio'] ?? '') }, filled)}
${textField({ name: 'name', label: 'Name', isRequired: true, most: 100 }, filled)}
<div class="row">${textField({ name: 'firstDay', label: 'First day', type: 'date' }, filled)}
${textField({ name: 'lastDay', label: 'Last day', type: 'date', hint: 'Empty for one day' }, filled)}</div>
<details${isOpen && html` open`}><summary>Address and year</summary>
${textField({ name: 'key', label: 'Key', hint: 'The end of the address; made from the name where empty. Another key moves the event and its database.' }, filled)}
${textField({ name: 'year', label: 'Year', hint: 'That of the first day where empty' }, filled)}
${textField({ name: 'date', label: 'Date in words', hint: 'Such as older events have; used where there is no first day' }, filled)}
</details>
${hiddenField('written', values['written'] ?? '')}`;
}
