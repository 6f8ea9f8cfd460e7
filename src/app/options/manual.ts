import type { Command } from './command.ts';
import { argumentOf, explain, groupsOf } from './help.ts';

/**
 * The manual page of an executable, in the macros of man(7).
 *
 * @param release its version, such as `0.1.0`, and the day that the page was made on, such as `2026-01-02`
 */
export function renderManual(
  command: Command<unknown>,
  { version, day }: { readonly version: string; readonly day: string },
): string {
  const { name, summary, about, subcommands = {}, examples, environment, exits, notes = [], page } = command;
  const lines = [
    `.TH ${name.toUpperCase()} 1 "${day}" "showcase-config ${version}" "showcase-config"`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(summary)}`,
    '.SH SYNOPSIS',
    `.B ${escaped(name)}`,
    ...(Object.keys(subcommands).length > 0 ? ['.RI [ command ]'] : []),
    '.RI [ options ]',
    '.SH DESCRIPTION',
    ...about.flatMap((paragraph, at) => [...(at === 0 ? [] : ['.PP']), line(paragraph)]),
    ...(Object.keys(subcommands).length > 0 ? ['.SH COMMANDS', ...listed(Object.entries(subcommands))] : []),
    '.SH OPTIONS',
    ...groupsOf(command).flatMap(({ heading, options }) => [
      `.SS ${escaped(heading)}`,
      ...options.flatMap(([long, option]) => {
        const typed = [...(option.short ? [`-${option.short}`] : []), `--${long}`].map(bold).join(', ');
        const argument = argumentOf(option).trim();
        return ['.TP', `${typed}${argument === '' ? '' : ` ${italic(argument)}`}`, line(explain(option))];
      }),
    ]),
    ...notes.flatMap(({ heading, terms }) => [`.SH ${escaped(heading.toUpperCase())}`, ...listed(terms)]),
    '.SH ENVIRONMENT',
    ...listed(environment),
    '.SH EXIT STATUS',
    ...listed(exits.map(([code, what]) => [String(code), what])),
    '.SH EXAMPLES',
    ...listed(examples),
    '.SH SEE ALSO',
    line(`${page} of the project`),
  ];
  return `${lines.join('\n')}\n`;
}

function listed(terms: readonly (readonly [term: string, what: string])[]): string[] {
  return terms.flatMap(([term, what]) => ['.TP', bold(term), line(what)]);
}

function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${escaped(text)}\\fR`;
}

/** A line of text; a dot or quote at its start is escaped, since it would be a macro. */
function line(text: string): string {
  const safe = escaped(text);
  return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}

/** A hyphen that is typed is a minus sign, and a quote the one that shells know. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha');
}
