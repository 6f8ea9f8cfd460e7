import { counted } from '../../text.ts';
import { type Clock, clockText, LEVEL_WORDS, type LogLine } from '../run/log-lines.ts';
import type { LogRow } from './log-model.ts';

/** How rows are shown. */
export interface RowLook {
  readonly clock: Clock;
  readonly beganAt: string | null;
  /** What is searched for, in small letters; empty for nothing. */
  readonly text: string;
}

/** A row as the server makes it, too (`run/log-html.ts`). Text nodes only, whatever a line says. */
export function rowElement(row: LogRow, style: RowLook): HTMLLIElement {
  const item = document.createElement('li');
  if (row.kind === 'heading') item.append(...headingParts(row));
  else item.append(...lineParts(row.line, style));
  if (row.kind === 'line') item.id = `L${row.line.number}`;
  item.className = row.kind === 'line' ? row.line.level : 'heading';
  return item;
}

function headingParts({ line, count, isFolded }: Extract<LogRow, { kind: 'heading' }>): HTMLElement[] {
  const button = element('button', `${counted(count, 'line')} of ${line.machine}`);
  button.type = 'button';
  button.dataset['machine'] = line.machine ?? '';
  button.setAttribute('aria-expanded', String(!isFolded));
  return [button];
}

function lineParts(
  { number, at, level, machine, isQuoted, text }: LogLine,
  style: RowLook,
): (Node | string)[] {
  const anchor = element('a', number);
  anchor.href = `#L${number}`;
  const time = element('time', clockText(at, style.clock, style.beganAt));
  time.title = at;
  const word = element('span', LEVEL_WORDS[level]);
  word.className = 'hidden';
  const said = element('code', '');
  said.append(...marked(text, style.text));
  return [anchor, ' ', time, ' ', word, ...(isQuoted ? [element('b', machine ?? ''), ' '] : []), said];
}

/** The text, with what is searched for in marks. */
function marked(text: string, wanted: string): (Node | string)[] {
  const small = text.toLowerCase();
  // Where small letters have another length than capitals, places in one text are not those in the other.
  if (wanted === '' || small.length !== text.length) return [text];
  const parts: (Node | string)[] = [];
  let last = 0;
  for (let at = small.indexOf(wanted); at >= 0; at = small.indexOf(wanted, last)) {
    parts.push(text.slice(last, at), element('mark', text.slice(at, at + wanted.length)));
    last = at + wanted.length;
  }
  return [...parts, text.slice(last)];
}

/** The line that a row shows, as the server has made it. */
export function lineOfElement(item: Element): LogLine {
  const number = item.id.slice(1);
  return {
    seq: Number.parseInt(number, 10),
    number,
    at: item.querySelector('time')?.title ?? '',
    level: item.className as LogLine['level'],
    machine: item.getAttribute('data-machine'),
    isQuoted: item.hasAttribute('data-quoted'),
    text: item.querySelector('code')?.textContent ?? '',
  };
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text: string,
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
