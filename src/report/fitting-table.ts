import { wrap } from '../text.ts';
import { displayWidth, fitted, padded, renderTable } from './table.ts';

/** Columns; what stands at the head of a column and is longer gets a line of its own. */
const LONGEST_LABEL = 12;

/**
 * A table. On a terminal that is too narrow for it each row becomes a block of lines, one for each cell with what stands at
 * the head of its column; what is longer than a line goes on in the next one, and a word that is longer is cut.
 *
 * @param columns of the terminal; none for a pipe
 */
export function renderFitting(
  rows: readonly (readonly string[])[],
  columns = Number.POSITIVE_INFINITY,
): string {
  const text = renderTable(rows);
  if (text.split('\n').every((line) => displayWidth(line) <= columns)) return text;
  const [head = [], ...blocks] = rows;
  const labels = Math.max(0, ...head.map(displayWidth).filter((width) => width <= LONGEST_LABEL));
  const room = Math.max(1, columns - labels - 2);
  const lines = (cell: string, column: number): string[] => {
    const label = head[column] ?? '';
    const isLong = displayWidth(label) > labels;
    const below = wrap(cell, room).map((line, nth) => {
      const words = line.split(' ').map((word) => fitted(word, room));
      return `${padded(nth === 0 && !isLong ? label : '', labels)}  ${words.join(' ')}`;
    });
    return isLong ? [fitted(label, columns), ...below] : below;
  };
  return blocks.map((cells) => `${cells.flatMap(lines).join('\n')}\n`).join('\n');
}
