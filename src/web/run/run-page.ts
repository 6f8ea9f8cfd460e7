import { type Html, html, type Part } from '../../html/html.ts';
import type { Change, Run } from '../../runs/run-model.ts';
import { button, formOf } from '../layout/form-controls.ts';
import { facts, time } from '../layout/pieces.ts';
import { changeBadge, isOver, runBadge } from '../layout/run-words.ts';
import type { Page } from '../layout/web-layout.ts';
import { sentence } from '../request/request-page.ts';
import type { Call } from '../route.ts';
import type { LogPart, LogView } from './log-html.ts';
import { logSection } from './log-section.ts';
import { runSentence, runTitle, triggerWords } from './run-summary.ts';
import { linked, machinesTable, stepsTable } from './run-tables.ts';
import type { ShownMachine } from './shown-machines.ts';
import type { ShownStep } from './shown-steps.ts';

/** Seconds after which a page without script is loaded again, while the run is under way. */
const RELOAD_SECONDS = 5;

export interface RunPage {
  readonly run: Run;
  /** Those that this person may see. */
  readonly changes: readonly Change[];
  readonly machines: readonly ShownMachine[];
  readonly steps: readonly ShownStep[];
  readonly log: LogPart;
  readonly view: LogView;
  /** Of the line that says what became of each machine, by its name. */
  readonly lines: ReadonlyMap<string, string>;
  readonly ticket: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One run, live or finished: how it stands, its errors first, its machines and steps, and its log. */
export function renderRun(call: Call, page: RunPage): Page {
  const { run, machines, steps, lines, now, changes } = page;
  const isAdministrator = call.person?.rights.isAdministrator === true;
  return {
    title: `${runTitle(run)}: ${run.state}`,
    section: isAdministrator ? 'runs' : 'studios',
    ...(isOver(run.state) ? {} : { reloadSeconds: RELOAD_SECONDS }),
    main: html`<div${watched(call, page)}>
<h1>${runTitle(run)}</h1>
<p class="lead"><span data-badge>${runBadge(run.state)}</span> <span data-sentence role="status">${runSentence(run, machines, now)}</span></p>
<p data-offline role="status"></p>
<p class="notice" data-over hidden>It is over. <a href="${call.link(`/runs/${run.id}`)}">Load the page again</a> for what can be done now.</p>
${troubleOf(run, machines, lines)}
${actions(call, run)}
${facts(factsOf(call, run))}
${changes.length > 0 && changeList(call, changes)}
<div data-machines${machines.length === 0 && html` hidden`}>${machinesTable(machines, lines)}</div>
<div data-steps${steps.length === 0 && html` hidden`}>${stepsTable(steps, isOver(run.state))}</div>
${logSection(call, {
  ...page,
  address: `/runs/${run.id}`,
  download: `/runs/${run.id}/log.txt`,
  beganAt: run.beganAt,
  isSilent: run.lastSeq === 0,
})}
</div>`,
  };
}

/** For the script. */
function watched(call: Call, { run, ticket }: RunPage): Html {
  return html` data-run="${run.id}" data-socket="${call.link('/live')}" data-poll="${call.link(`/runs/${run.id}/events`)}" data-ticket="${ticket}" data-after="${run.lastSeq}" data-began="${run.beganAt ?? ''}" data-state="${run.state}"`;
}

function troubleOf(run: Run, machines: readonly ShownMachine[], lines: ReadonlyMap<string, string>): Html {
  const failed = machines.filter(({ tone }) => tone === 'bad');
  if (run.error === null) return html``;
  const items = failed.map(({ name, detail }) => html`<li>${linked(name, lines)}: ${detail}</li>`);
  return html`<section class="card trouble" aria-labelledby="trouble"><h2 id="trouble">What went wrong</h2>
<p>${sentence(run.error.message)}</p>
<p>${sentence(run.error.hint)}</p>
${failed.length > 0 && html`<ul>${items}</ul>`}
<p class="quiet">Code: ${run.error.code}</p></section>`;
}

function actions(call: Call, run: Run): Html {
  const isAdministrator = call.person?.rights.isAdministrator === true;
  const canRetry = run.next === null && (run.state === 'failed' || run.state === 'interrupted');
  const made: Part[] = [];
  if (canRetry) made.push(formOf(call, `/runs/${run.id}/retry`, button('Try again')));
  if (run.state === 'waiting' && isAdministrator)
    made.push(formOf(call, `/runs/${run.id}/cancel`, button('Take it back', 'danger')));
  return made.length === 0 ? html`` : html`<div class="actions">${made}</div>`;
}

function factsOf(call: Call, run: Run): [string, Part][] {
  const { by, trigger, attempt, madeAt, beganAt, endedAt, report, next, exitCode } = run;
  const etag = report?.index?.etag.replaceAll('"', '').slice(0, 12);
  return [
    ['Asked for', html`by ${by}, ${time(madeAt)}. ${triggerWords(trigger)}.`],
    ...(attempt > 1 ? [['Attempt', attempt] as [string, Part]] : []),
    ['Began', time(beganAt)],
    ['Ended', html`<span data-ended>${time(endedAt)}</span>`],
    ...(etag ? [['Index', html`<code title="${report?.index?.etag}">${etag}</code>`] as [string, Part]] : []),
    ...(exitCode === null ? [] : [['Exit code', exitCode] as [string, Part]]),
    ...(next === null
      ? []
      : [
          ['Done again by', html`<a href="${call.link(`/runs/${next}`)}">the next run</a>`] as [string, Part],
        ]),
  ];
}

function changeList(call: Call, changes: readonly Change[]): Html {
  const items = changes.map(
    ({ id, subject, action, kind, state }) =>
      html`<li><span>${kind === 'update' ? '' : `${kind} ${action}d: `}<a href="${call.link(`/requests/${id}`)}">${subject}</a></span> ${changeBadge(state, action)}</li>\n`,
  );
  return html`<h2>What it publishes</h2><ul class="events">${items}</ul>`;
}
