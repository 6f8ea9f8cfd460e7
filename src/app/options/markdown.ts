import { ABOUT_OPTIONS, type Command, type Option } from './command.ts';
import { argumentOf, presetOf, variableOf } from './help.ts';

/** The page of the documentation that lists what every executable takes. */
export function renderPage(commands: readonly Command<unknown>[]): string {
  const about = Object.entries(ABOUT_OPTIONS);
  return [
    '# Commands',
    '',
    'For whoever calls an executable: its options, examples and exit codes, each with the page that explains it.',
    '',
    ...table(
      ['executable', 'who runs it', 'what it does'],
      commands.map(({ name, folder, startedBy, summary }) => [
        `[\`${folder}/${name}\`](#${name})`,
        startedBy,
        summary,
      ]),
    ),
    '',
    'This page, `--help`, the manual pages and the completion of shells are made from the same tables in the code;',
    '`npm run capture` writes this page anew. All executables have:',
    '',
    ...optionTable(about),
    '',
    '`eval "$(scripts/config-update --completion bash)"` makes bash complete its options; the comment at the top of what it',
    'prints says where to put it for good.',
    ...commands.flatMap((command) => ['', ...section(command)]),
    '',
  ].join('\n');
}

function section({
  name,
  folder,
  summary,
  subcommands = {},
  options,
  examples,
  environment,
  exits,
  page,
}: Command<unknown>): string[] {
  const words = Object.entries(subcommands);
  const own = Object.entries(options).filter(([long]) => !Object.hasOwn(ABOUT_OPTIONS, long));
  const link = page.startsWith('docs/') ? page.slice('docs/'.length) : `../${page}`;
  return [
    `## ${name}`,
    '',
    `\`${folder}/${name}\`: ${summary} ([${link}](${link})).`,
    '',
    ...(words.length > 0
      ? [
          ...table(
            ['command', 'what it does'],
            words.map(([typed, what]) => [`\`${name} ${typed}\``, what]),
          ),
          '',
        ]
      : []),
    ...(own.length > 0 ? [...optionTable(own), ''] : []),
    ...table(
      ['example', 'what it does'],
      examples.map(([call, what]) => [`\`${call}\``, what]),
    ),
    '',
    ...table(
      ['variable', 'what it says'],
      environment.map(([one, what]) => [`\`${one}\``, what]),
    ),
    '',
    ...table(
      ['exit code', 'meaning'],
      exits.map(([code, what]) => [String(code), what]),
    ),
  ];
}

function optionTable(options: readonly (readonly [string, Option])[]): string[] {
  return table(
    ['option', 'what it does', 'default'],
    options.map(([long, option]) => [
      [...(option.short ? [`\`-${option.short}\``] : []), `\`--${long}${argumentOf(option)}\``].join(', '),
      option.value?.choices && !option.value.choices.every((one) => option.help.includes(one))
        ? `${option.help}: ${option.value.choices.join(', ')}`
        : option.help,
      [...(variableOf(option) ? [`\`${variableOf(option)}\``] : []), presetOf(option)]
        .filter((one) => one !== null)
        .join(', else '),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)];
}

/** With the characters escaped that have a meaning in Markdown. */
function escaped(cell: string): string {
  return cell.startsWith('`') ? cell : cell.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
