import { sortedOut } from '../../fleet-view/fleet-words.ts';
import { type Html, html } from '../../html/html.ts';
import { type MachineOutcome, nameOf, type PublishOutcome } from '../../report/fleet-results.ts';
import type { FleetAnswer, FleetCheck } from '../../runs/fleet-check.ts';
import { button, formOf } from '../layout/form-controls.ts';
import { badge, table, time } from '../layout/pieces.ts';
import type { Call } from '../route.ts';
import { refreshed } from './machines-part.ts';

/** What each machine would do, on demand. */
export function rehearsalPart(call: Call, check: FleetCheck): Html {
  const { last, isAsking } = check;
  return refreshed(
    'rehearsal',
    check,
    html`<h2 id="rehearsal-title">What each machine would do</h2>
<p>Every machine says what an update would change there, and changes nothing.</p>
${isAsking && html`<p>${badge('busy', 'The machines are being asked')}</p>`}
${last !== null && html`<details${!isAsking && html` open`}><summary>What they said ${time(last.at)}</summary>${answered(last)}</details>`}
${formOf(call, '/admin/apply/rehearse', html`<p class="actions">${button(last === null ? 'Ask them' : 'Ask again', 'other')}</p>`)}`,
  );
}

function answered({ report, problem }: FleetAnswer): Html {
  return html`${problem !== null && html`<p>${badge('bad', 'They could not be asked')}</p><p>${problem.message}</p><p><strong>What to do:</strong> ${problem.hint}</p>`}
${report?.publish && published(report.publish)}
${report !== null && report.machines.length > 0 && machines([...sortedOut(report).bad, ...sortedOut(report).good])}
${report?.machines.length === 0 && problem === null && html`<p>No machine is awake.</p>`}`;
}

function published(publish: PublishOutcome): Html {
  switch (publish.kind) {
    case 'would-publish':
      return html`<p>The index of this host would be published.</p>${differences(publish.differences)}`;
    case 'changed-elsewhere':
      return html`<p>${badge('bad', 'Somebody else published another index')}</p>${differences(publish.differences)}`;
    case 'push':
      return html`<p>The index of this host would be sent to ${publish.to}.</p>`;
    case 'local':
      return html`<p>There is no store: machines have the index of this host already.</p>`;
    case 'published':
    case 'unchanged':
      return html`<p>The store has this index already.</p>`;
  }
}

function differences(lines: readonly string[]): Html {
  return lines.length === 0 ? html`` : html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

function machines(rows: readonly MachineOutcome[]): Html {
  return table<MachineOutcome>(
    'Machines',
    [
      { heading: 'Machine', cell: ({ machine }) => nameOf(machine) },
      { heading: 'Region', cell: ({ machine }) => machine.region },
      {
        heading: 'Would do',
        cell: ({ outcome, detail, error }) =>
          outcome === 'failed'
            ? html`${badge('bad', 'failed')} ${error?.message} ${error?.hint}`
            : detail || 'nothing',
      },
    ],
    rows,
  );
}
