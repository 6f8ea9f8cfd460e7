import { adviceLines, complaint, sortedOut } from '../../fleet-view/fleet-words.ts';
import { type Html, html } from '../../html/html.ts';
import type { FleetReport, MachineOutcome } from '../../report/fleet-results.ts';
import { nameOf } from '../../report/fleet-results.ts';
import type { FleetAnswer, FleetCheck } from '../../runs/fleet-check.ts';
import { counted, duration } from '../../text.ts';
import { button, formOf } from '../layout/form-controls.ts';
import { badge, table, time } from '../layout/pieces.ts';
import type { Call } from '../route.ts';

/** Without script a page that waits for the machines is loaded again after so many seconds. */
export const RELOAD_SECONDS = 3;

/** A part of a page that the script loads again for as long as the machines are being asked. */
export function refreshed(id: string, check: Pick<FleetCheck, 'isAsking'>, content: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title" data-refresh-part${check.isAsking && html` data-refreshing`}>
${content}
</section>`;
}

/** Whether every machine has the published index, as they said last, and a button that asks them again. */
export function machinesPart(call: Call, check: FleetCheck, now: number): Html {
  const { last, isAsking } = check;
  const asked =
    last === null
      ? html`<p>${isAsking ? 'The machines are being asked.' : 'Nobody has asked the machines yet.'}</p>`
      : html`${answerPart(last)}<p class="quiet">${isAsking ? 'Being asked again; this is from' : 'As of'} ${time(last.at)}, ${ageOf(last, now)} ago.</p>`;
  return refreshed(
    'machines',
    check,
    html`<h2 id="machines-title">Machines</h2>
${asked}
${formOf(call, '/admin/machines/ask', html`<p class="actions">${button(isAsking ? 'Being asked' : 'Ask again', 'other')}</p>`)}`,
  );
}

/** Whole seconds below a minute: it is read by people. */
function ageOf({ at }: FleetAnswer, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  return seconds < 60 ? `${seconds} s` : duration(seconds * 1000);
}

function answerPart({ report, problem }: FleetAnswer): Html {
  const failure =
    problem !== null &&
    html`<p>${badge('bad', 'They could not be asked')}</p><p>${problem.message}</p><p><strong>What to do:</strong> ${problem.hint}</p>`;
  if (report === null) return html`${failure}`;
  const { good, bad } = sortedOut(report);
  return html`${failure}${problem === null && html`<p class="lead">${summary(report, good, bad)}</p>`}
${bad.length > 0 && badMachines(bad)}
${good.length > 0 && html`<details><summary>${counted(good.length, 'machine')} as it should be</summary>${goodMachines(good)}</details>`}
${asleep(report)}`;
}

function summary({ machines, index }: FleetReport, good: readonly unknown[], bad: readonly unknown[]): Html {
  const what = index === null ? 'the same index' : 'the published index';
  if (machines.length === 0) return badge('none', 'No machine is awake');
  if (bad.length > 0) return badge('bad', `${bad.length} of ${machines.length} machines do not have ${what}`);
  return badge(
    'good',
    good.length === 1 ? `The machine has ${what}` : `All ${good.length} machines have ${what}`,
  );
}

function badMachines(machines: readonly MachineOutcome[]): Html {
  return html`${table<MachineOutcome>(
    'Not as they should be',
    [
      { heading: 'Machine', cell: ({ machine }) => nameOf(machine) },
      { heading: 'Region', cell: ({ machine }) => machine.region },
      {
        heading: 'What is wrong',
        cell: (one) => badge('bad', complaint(one) ?? one.outcome),
      },
    ],
    machines,
  )}<ul>${adviceLines(machines).map((line) => html`<li>${line}</li>`)}</ul>`;
}

function goodMachines(machines: readonly MachineOutcome[]): Html {
  return table<MachineOutcome>(
    'Machines',
    [
      { heading: 'Machine', cell: ({ machine }) => nameOf(machine) },
      { heading: 'Region', cell: ({ machine }) => machine.region },
      { heading: 'Program', cell: ({ version }) => version },
      { heading: 'Says', cell: ({ detail, outcome }) => detail || outcome },
    ],
    machines,
  );
}

function asleep({ skipped }: FleetReport): Html {
  if (skipped.length === 0) return html``;
  const names = skipped.map((machine) => `${nameOf(machine)} (${machine.state})`).join(', ');
  return html`<p class="quiet">Not asked, since they are not awake: ${names}. They update themselves when they wake up.</p>`;
}
