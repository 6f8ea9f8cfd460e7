import type { Event, Index, StudioYear } from '../index/index-model.ts';
import { Lines } from './text-lines.ts';
import { emitKey, emitString } from './yaml.ts';

const symbol = (name: string) => emitKey(Symbol(name));
const NAME = symbol('name');
const REGION = symbol('region');
const LOCALE = symbol('locale');
const LOGO = symbol('logo');
const DATE = symbol('date');
const EVENTS = symbol('events');

/**
 * showcases.yml, for the Rails application: years are integers and field names Ruby symbols. It is by far the longest
 * file, so it is written line by line: a value for each of 100,000 events would take longer to make than its lines.
 */
export function showcasesText(index: Index): string {
  const lines = new Lines();
  for (const { year, studios } of index.years) {
    lines.add(studios.length > 0 ? `${year}:\n` : `${year}: {}\n`);
    for (const entry of studios) addStudio(lines, entry);
  }
  return lines.text() || '{}\n';
}

function addStudio(lines: Lines, { studio, single, events }: StudioYear): void {
  const { name, region, locale, logo } = studio;
  let text = `  ${emitKey(studio.key)}:\n    ${NAME}: ${emitString(name)}\n`;
  text += `    ${REGION}: ${region === null ? 'null' : emitString(region)}\n`;
  if (locale !== null) text += `    ${LOCALE}: ${emitString(locale)}\n`;
  if (logo !== null) text += `    ${LOGO}: ${emitString(logo)}\n`;
  if (single) {
    lines.add(text + dateLine('    ', events[0]?.date ?? null));
    return;
  }
  lines.add(`${text}    ${EVENTS}:${events.length > 0 ? '' : ' {}'}\n`);
  for (const event of events) lines.add(eventLines(event));
}

function eventLines({ key, name, date }: Event): string {
  return `      ${emitKey(key)}:\n        ${NAME}: ${emitString(name)}\n${dateLine('        ', date)}`;
}

function dateLine(indent: string, date: string | null): string {
  return date === null ? '' : `${indent}${DATE}: ${emitString(date)}\n`;
}
