import { type Html, html, type Part } from '../../html/html.ts';
import type { Change, Run } from '../../runs/run-model.ts';
import { button, formOf } from '../layout/form-controls.ts';
import { badge, facts, linkButton, progressBar, time } from '../layout/pieces.ts';
import type { Page } from '../layout/web-layout.ts';
import type { Call } from '../route.ts';
import type { ShownMachine } from '../run/shown-machines.ts';
import type { RequestState } from './request-facts.ts';
import { timeLeftWords } from './time-left.ts';

/** Seconds after which a page without script is loaded again. */
const RELOAD_SECONDS = 2;

export interface RequestPage {
  readonly change: Change;
  readonly state: RequestState;
  /** Milliseconds; null where nobody can say. */
  readonly leftMs: number | null;
  /** Name of the studio that it is for; null for none. */
  readonly studioName: string | null;
  /** Whether the page goes to the event as soon as it is live, also if it is already. */
  readonly goes: boolean;
}

/** One request: what was asked for, how it stands, and what can be done about it. */
export function renderRequest(call: Call, about: RequestPage): Page {
  const { change, state, leftMs } = about;
  const { kind, title, detail, percent } = state.status;
  const isMoving = kind === 'moving';
  return {
    title,
    section: 'studios',
    ...(isMoving ? { reloadSeconds: RELOAD_SECONDS } : {}),
    main: html`<div${watched(call, about)}>
<h1 data-title>${title}</h1>
<p class="lead" data-detail role="status">${detail}</p>
${percent !== null && kind !== 'live' && progressBar('progress', 'How far it is', percent)}
${isMoving && html`<p class="quiet" data-left>${timeLeftWords(leftMs)}</p>`}
<p data-offline role="status"></p>
${problemCard(call, state)}
${whatCanBeDone(call, about)}
${about.change.kind === 'event' && html`<h2>What was asked for</h2>`}
${facts(factsOf(call, about))}
${machineList(state.status.machines)}
${change.run !== null && html`<p><a href="${call.link(`/runs/${change.run}`)}">The log of this update</a></p>`}
</div>`,
  };
}

/** For the script. */
function watched(call: Call, { change, state, leftMs, goes }: RequestPage): Html {
  const { kind, address } = state.status;
  return html` data-request="${call.link(`/requests/${change.id}/state`)}" data-known="${state.known}" data-kind="${kind}" data-left-ms="${leftMs ?? ''}" data-address="${address ?? ''}"${goes && html` data-goes`}`;
}

function problemCard(call: Call, { status: { kind, problem, next } }: RequestState): Html {
  if (problem === null) return html`<div data-problem hidden></div>`;
  return html`<section class="card trouble" data-problem aria-labelledby="trouble">
<h2 id="trouble">${kind === 'live' ? 'What is wrong' : 'What failed'}</h2>
<p>${sentence(problem.message)}</p>
${hintOf(call, problem.hint)}
${next !== '' && html`<p><strong>What happens next:</strong> ${next}</p>`}
</section>`;
}

/** Hints are for those who can do something about the server. */
function hintOf(call: Call, hint: string): Html {
  if (call.person?.rights.isAdministrator) return html`<p>${sentence(hint)}</p>`;
  return html`<details><summary>For administrators</summary><p>${sentence(hint)}</p></details>`;
}

function whatCanBeDone(call: Call, { change, state }: RequestPage): Html {
  const { kind, address } = state.status;
  const isAdministrator = call.person?.rights.isAdministrator === true;
  const actions: Part[] = [];
  if (kind === 'live' && address !== null && change.action !== 'delete')
    actions.push(linkButton(address, 'Go to the event', 'main'));
  if (kind === 'failed' || (change.problem !== null && isGivenUp(state.run)))
    actions.push(
      formOf(
        call,
        `/requests/${change.id}/retry`,
        button('Try again', change.problem?.code === 'changed-elsewhere' ? 'other' : 'main'),
      ),
    );
  if (kind === 'saved' && isAdministrator)
    actions.push(formOf(call, `/requests/${change.id}/publish`, button('Update the machines', 'go')));
  if (actions.length === 0) return html``;
  const leaves =
    kind === 'live' &&
    address !== null &&
    html`<p class="quiet" data-going hidden>Taking you there&hellip;</p>`;
  return html`<div class="actions">${actions}</div>${leaves}`;
}

/** Whether machines failed with it, and no other run does it again. */
function isGivenUp(run: Run | null): boolean {
  return run?.state === 'failed' && run.next === null;
}

function factsOf(call: Call, { change, studioName }: RequestPage): [string, Part][] {
  const { after, before, kind, subject, live, by, at, studio } = change;
  const row = after ?? before ?? {};
  const name = kind === 'event' ? textOf(row['name']) : '';
  const days = kind === 'event' ? daysWords(textOf(row['date'])) : '';
  const isMine = by === call.person?.userid;
  return [
    ...(name === '' ? [['What', subject] as [string, Part]] : [['Event', name] as [string, Part]]),
    ...(studioName === null ? [] : [['Studio', studioLink(call, studio, studioName)] as [string, Part]]),
    ...(days === '' ? [] : [['Dates', days] as [string, Part]]),
    ...(live === null ? [] : [['Address', html`<span class="address">${live.url}</span>`] as [string, Part]]),
    ['Asked for', html`${isMine ? 'by you' : `by ${by}`}, ${time(at)}`],
  ];
}

function studioLink(call: Call, key: string | null, name: string): Part {
  if (key === null || !call.person?.rights.owns(key)) return name;
  return html`<a href="${call.link(`/studios/${encodeURIComponent(key)}/request`)}">${name}</a>`;
}

/** One machine a line; the script makes the same. */
function machineList(machines: readonly ShownMachine[]): Html {
  const items = machines.map(
    ({ name, region, tone, state, detail }) =>
      html`<li><span class="machine">${name}${region !== null && html` <span class="quiet">${region}</span>`}</span> ${badge(tone, state)}${detail !== '' && html` <span class="quiet">${detail}</span>`}</li>\n`,
  );
  return html`<div data-machines${machines.length === 0 && html` hidden`}><h2>Machines</h2>
<ul class="machines">${items}</ul></div>`;
}

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** `2027-03-05 - 2027-03-07` as `5 March 2027 to 7 March 2027`; other dates as they are. */
export function daysWords(date: string): string {
  const days = date.split(' - ').map((day) => /^(\d{4})-(\d\d)-(\d\d)$/.exec(day));
  if (days.some((day) => day === null)) return date;
  return days.map((day) => `${Number(day?.[3])} ${MONTHS[Number(day?.[2]) - 1]} ${day?.[1]}`).join(' to ');
}

function textOf(value: string | number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/** Messages and hints are parts of a line. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) || text === '' ? '' : '.'}`;
}
