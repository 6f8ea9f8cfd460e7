import { wrap } from '../../text.ts';
import type { Command, Option } from './command.ts';

const COLUMNS = 80;
/** Columns of the left part; a longer term has a line of its own. */
const LONGEST_TERM = 24;

/** `--help`: no line is longer than 80 columns. */
export function renderHelp(command: Command<unknown>): string {
  const { name, about, subcommands = {}, examples, environment, exits, notes = [], page } = command;
  const words = Object.entries(subcommands);
  const blocks = [
    [`Usage: ${name} ${words.length > 0 ? '[command] ' : ''}[options]`],
    ...about.map((paragraph) => wrap(paragraph, COLUMNS)),
    ...(words.length > 0 ? [['Commands:', ...terms(words)]] : []),
    ...groupsOf(command).map(({ heading, options }) => [
      `${heading}:`,
      ...terms(
        options.map(([long, option]) => [labelOf(long, option), explain(option)]),
        widthOf(Object.entries(command.options).map(([long, option]) => labelOf(long, option))),
      ),
    ]),
    ...notes.map(({ heading, terms: all }) => [`${heading}:`, ...terms(all)]),
    ['Examples:', ...terms(examples)],
    ...(environment.length > 0 ? [['Environment:', ...terms(environment)]] : []),
    ['Exit codes:', ...terms(exits.map(([code, what]) => [String(code), what]))],
    [`More: ${page}`],
  ];
  return blocks.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n');
}

/** Options by the headings that they stand under, in order. */
export function groupsOf({
  options,
}: Command<unknown>): { readonly heading: string; readonly options: [string, Option][] }[] {
  const groups: { heading: string; options: [string, Option][] }[] = [];
  for (const entry of Object.entries(options)) {
    const heading = entry[1].group ?? (groups.length === 0 ? 'Options' : null);
    if (heading !== null && groups.at(-1)?.heading !== heading) groups.push({ heading, options: [] });
    groups.at(-1)?.options.push(entry);
  }
  return groups;
}

/** An option as it is typed, such as `-u, --user NAME`. */
function labelOf(long: string, option: Option): string {
  return `${option.short ? `-${option.short}, ` : '    '}--${long}${argumentOf(option)}`;
}

/** Its argument, with a space before it; '' for none. */
export function argumentOf(option: Option): string {
  if (option.value) return ` ${option.value.name}`;
  return option.operand ? ` [${option.operand}]` : '';
}

/** The default of an option, as a constant or in words; null for none. */
export function presetOf(option: Option): string | null {
  if (!option.value) return null;
  return option.preset || option.presetWords || null;
}

/** The variable that has the same meaning; null for none. */
export function variableOf(option: Option): string | null {
  return (option.value && option.variable) ?? null;
}

/** What the option does, its values, and its default. */
export function explain(option: Option): string {
  const { help } = option;
  const choices = option.value?.choices?.filter((one) => !help.includes(one)) ?? [];
  const preset = [variableOf(option), presetOf(option)].filter((one) => one !== null).join(', else ');
  const facts = [
    ...(choices.length > 0 ? [`one of ${choices.join(', ')}`] : []),
    ...(preset === '' ? [] : [`default ${preset}`]),
  ];
  return facts.length === 0 ? help : `${help} (${facts.join('; ')})`;
}

function terms(
  all: readonly (readonly [term: string, what: string])[],
  width = widthOf(all.map(([term]) => term)),
): string[] {
  const indent = ' '.repeat(width + 4);
  return all.flatMap(([term, what]) => {
    const [first = '', ...rest] = wrap(what, COLUMNS - indent.length);
    const below = rest.map((line) => `${indent}${line}`);
    if (term.length > width) return [`  ${term}`, `${indent}${first}`, ...below];
    return [`  ${term.padEnd(width)}  ${first}`, ...below];
  });
}

/** Columns for all terms but very long ones. */
function widthOf(all: readonly string[]): number {
  return Math.max(0, ...all.map((term) => term.length).filter((width) => width <= LONGEST_TERM));
}
