import { type Html, html } from '../../html/html.ts';
import { duration } from '../../text.ts';
import { badge, table } from '../layout/pieces.ts';
import type { ShownMachine } from './shown-machines.ts';
import { type ShownStep, stepWords } from './shown-steps.ts';

/** The script fills both tables, too, while a run is under way (`client/live-tables.ts`). */

export function stepsTable(steps: readonly ShownStep[], isOver: boolean): Html {
  return table<ShownStep>(
    'Steps',
    [
      { heading: 'Step', cell: ({ title }) => title },
      { heading: 'How it went', cell: ({ outcome }) => badge(...stepWords(outcome, isOver)) },
      { heading: 'Duration', cell: ({ ms }) => (ms === null ? '' : duration(ms)), isNumber: true },
      { heading: 'Detail', cell: ({ detail }) => detail },
    ],
    steps,
  );
}

/** @param lines of its log, for a link from each machine to its last one */
export function machinesTable(machines: readonly ShownMachine[], lines: ReadonlyMap<string, string>): Html {
  return table<ShownMachine>(
    'Machines',
    [
      {
        heading: 'Machine',
        cell: ({ name, region }) =>
          html`${linked(name, lines)}${region !== null && html` <span class="quiet">${region}</span>`}`,
      },
      { heading: 'State', cell: ({ tone, state }) => badge(tone, state) },
      { heading: 'Attempts', cell: ({ attempts }) => attempts, isNumber: true },
      { heading: 'Duration', cell: ({ ms }) => (ms === null ? '' : duration(ms)), isNumber: true },
      { heading: 'Detail', cell: ({ detail }) => detail },
    ],
    machines,
  );
}

export function linked(name: string, lines: ReadonlyMap<string, string>): Html {
  const number = lines.get(name);
  return number === undefined ? html`${name}` : html`<a href="#L${number}">${name}</a>`;
}
