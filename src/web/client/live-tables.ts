import { duration } from '../../text.ts';
import type { ShownMachine } from '../run/shown-machines.ts';
import { type ShownStep, stepWords } from '../run/shown-steps.ts';

/** A cell: text, or an element that was made for it. */
interface Cell {
  readonly label: string;
  readonly content: string | HTMLElement;
  readonly isNumber?: true;
}

/** @param lines number of each machine's line in the log */
export function fillMachines(
  part: HTMLElement | null,
  machines: readonly ShownMachine[],
  lines: ReadonlyMap<string, string>,
): void {
  fill(part, machines, ({ name, region, tone, state, attempts, ms, detail }) => [
    { label: 'Machine', content: machineName(name, region, lines.get(name)) },
    { label: 'State', content: badge(tone, state) },
    { label: 'Attempts', content: String(attempts), isNumber: true },
    { label: 'Duration', content: ms === null ? '' : duration(ms), isNumber: true },
    { label: 'Detail', content: detail },
  ]);
}

export function fillSteps(part: HTMLElement | null, steps: readonly ShownStep[], isOver: boolean): void {
  fill(part, steps, ({ title, outcome, ms, detail }) => [
    { label: 'Step', content: title },
    { label: 'How it went', content: badge(...stepWords(outcome, isOver)) },
    { label: 'Duration', content: ms === null ? '' : duration(ms), isNumber: true },
    { label: 'Detail', content: detail },
  ]);
}

/** Rows that are as they were are left alone: the focus may be in one. */
function fill<Row>(part: HTMLElement | null, rows: readonly Row[], cellsOf: (row: Row) => Cell[]): void {
  const body = part?.querySelector('tbody');
  if (!part || !body) return;
  part.hidden = rows.length === 0;
  rows.forEach((row, at) => {
    const place = body.rows[at] ?? body.insertRow();
    const cells = cellsOf(row).map(cellElement);
    const isSame = cells.every((cell, index) => place.cells[index]?.isEqualNode(cell));
    if (!isSame) place.replaceChildren(...cells);
  });
}

function cellElement({ label, content, isNumber }: Cell, at: number): HTMLElement {
  const cell = document.createElement(at === 0 ? 'th' : 'td');
  if (at === 0) cell.setAttribute('scope', 'row');
  else cell.dataset['label'] = label;
  if (isNumber) cell.className = 'number';
  const inner = document.createElement('span');
  inner.append(content);
  cell.append(at === 0 ? content : inner);
  return cell;
}

function machineName(name: string, region: string | null, line: string | undefined): HTMLElement {
  const whole = document.createElement('span');
  const link = document.createElement(line === undefined ? 'span' : 'a');
  link.textContent = name;
  if (line !== undefined) link.setAttribute('href', `#L${line}`);
  whole.append(link);
  if (region === null) return whole;
  const place = document.createElement('span');
  place.className = 'quiet';
  place.textContent = region;
  whole.append(' ', place);
  return whole;
}

function badge(tone: string, words: string): HTMLElement {
  const element = document.createElement('span');
  element.className = `badge ${tone}`;
  element.textContent = words;
  return element;
}
