import { type Command, type Option, wordsOf } from './command.ts';

/** A script that makes a shell complete the options of a command, and their values. */
export function renderCompletion(command: Command<unknown>, shell: string): string {
  if (shell === 'bash') return bash(command);
  return shell === 'zsh' ? zsh(command) : fish(command);
}

/** Of each option with a value: how it may be typed, and how its value is completed. */
function valued({ options }: Command<unknown>): { readonly typed: string[]; readonly option: Option }[] {
  return Object.entries(options)
    .filter(([, { value }]) => value)
    .map(([long, option]) => ({
      typed: [`--${long}`, ...(option.short ? [`-${option.short}`] : [])],
      option,
    }));
}

function bash(command: Command<unknown>): string {
  const { name, options } = command;
  const fn = `_${name.replaceAll('-', '_')}`;
  const subcommands = wordsOf(command);
  const words = [...Object.keys(options).map((long) => `--${long}`), ...subcommands.keys()];
  const cases = [
    ...valued(command).map(({ typed, option }) => `    ${typed.join(' | ')}) ${bashValue(option)} ;;`),
    ...[...subcommands].map(([first, next]) => `    ${first}) ${bashWords(next)} ;;`),
  ];
  return `# Completion of ${name} for bash. For good:
# ${name} --completion bash > ~/.local/share/bash-completion/completions/${name}
${fn}() {
  local option=$3 word=$2
  if [[ $word == = ]]; then
    word=
  elif [[ $option == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  case $option in
${cases.join('\n')}
    *) ${bashWords(words)} ;;
  esac
}
complete -F ${fn} ${name}
`;
}

function bashFill(how: string): string {
  return `mapfile -t COMPREPLY < <(compgen ${how} -- "$word")`;
}

function bashWords(words: readonly string[]): string {
  return bashFill(`-W ${quoted(words.join(' '))}`);
}

function bashValue({ value }: Option): string {
  if (value?.choices) return bashWords(value.choices);
  return value?.names ? `compopt -o filenames; ${bashFill(value.names === 'file' ? '-f' : '-d')}` : '';
}

function zsh(command: Command<unknown>): string {
  const { name, options } = command;
  const subcommands = wordsOf(command);
  const places = [[...subcommands.keys()], [...subcommands.values()].flat()];
  const words = places
    .filter((choices) => choices.length > 0)
    .map((choices, at) => `${at + 1}:command:(${choices.join(' ')})`);
  const specs = Object.entries(options).flatMap(([long, option]) => {
    const { short, help, value } = option;
    const many = value && option.many ? '*' : '';
    const what = `[${help.replaceAll(/[[\]\\]/g, '\\$&')}]`;
    const then = value ? `:${value.name.replaceAll(':', '\\:')}:${actionOf(option)}` : '';
    const excluded = many === '' && short ? `(-${short} --${long})` : '';
    const each = [`--${long}${value ? '=' : ''}`, ...(short ? [`-${short}${value ? '+' : ''}`] : [])];
    return each.map((typed) => `${excluded}${many}${typed}${what}${then}`);
  });
  return `#compdef ${name}
# Completion of ${name} for zsh. For good, with a directory of $fpath:
# ${name} --completion zsh > <directory>/_${name}
_${name}() {
  _arguments -s -S \\
    ${[...specs, ...words].map(quoted).join(' \\\n    ')}
}
if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function actionOf({ value }: Option): string {
  if (value?.choices) return `(${value.choices.join(' ')})`;
  if (value?.names) return value.names === 'directory' ? '_files -/' : '_files';
  return ' ';
}

function fish(command: Command<unknown>): string {
  const { name, options } = command;
  const subcommands = wordsOf(command);
  const words = [
    ['__fish_use_subcommand', [...subcommands.keys()]] as const,
    ...[...subcommands].map(([first, next]) => [`__fish_seen_subcommand_from ${first}`, next] as const),
  ]
    .filter(([, choices]) => choices.length > 0)
    .map(([when, choices]) => `complete -c ${name} -n ${quoted(when)} -a ${quoted(choices.join(' '))}`);
  const lines = Object.entries(options).map(([long, { short, help, value }]) => {
    const then = value?.choices
      ? ` -x -a ${quoted(value.choices.join(' '))}`
      : value?.names === 'directory'
        ? " -x -a '(__fish_complete_directories)'"
        : value?.names === 'file'
          ? ' -r -F'
          : value
            ? ' -x'
            : '';
    return `complete -c ${name}${short ? ` -s ${short}` : ''} -l ${long}${then} -d ${quoted(help)}`;
  });
  return `# Completion of ${name} for fish. For good:
# ${name} --completion fish > ~/.config/fish/completions/${name}.fish
complete -c ${name} -f
${[...words, ...lines].join('\n')}
`;
}

/** In single quotes, for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
