import type { Command, Option } from './command.ts';

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
  const words = Object.keys(options).map((long) => `--${long}`);
  const cases = valued(command).map(({ typed, option: { value } }) => {
    const how = value?.choices
      ? `-W ${quoted(value.choices.join(' '))}`
      : value?.names === 'directory'
        ? '-d'
        : value?.names === 'file'
          ? '-f'
          : null;
    const then = how === null ? 'COMPREPLY=()' : `mapfile -t COMPREPLY < <(compgen ${how} -- "$2")`;
    return `    ${typed.join('|')}) ${then}; return ;;`;
  });
  return `# Completion of ${name} for bash. For good: ${name} --completion bash > ~/.local/share/bash-completion/completions/${name}
${fn}() {
  case $3 in
${cases.join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W ${quoted(words.join(' '))} -- "$2")
}
complete -o filenames -F ${fn} ${name}
`;
}

function zsh({ name, options }: Command<unknown>): string {
  const specs = Object.entries(options).map(([long, option]) => {
    const { short, help, value } = option;
    const many = value && option.many ? '*' : '';
    const what = `[${help.replaceAll(/[[\]\\]/g, '\\$&')}]`;
    const then = value ? `:${value.name.replaceAll(':', '\\:')}:${actionOf(option)}` : '';
    const excluded = many === '' && short ? `(-${short} --${long})` : '';
    const sign = value ? '=' : '';
    const each = [`--${long}${sign}`, ...(short ? [`-${short}${value ? '+' : ''}`] : [])];
    return each.map((typed) => `  ${quoted(`${excluded}${many}${typed}${what}${then}`)} \\`).join('\n');
  });
  const operand = Object.values(options).find((option) => !option.value && option.operand);
  const rest = operand && !operand.value ? `::${operand.operand}: ` : '';
  return `#compdef ${name}
# Completion of ${name} for zsh. For good: ${name} --completion zsh > <a directory of $fpath>/_${name}
_arguments -s -S \\
${specs.join('\n')}
  ${rest === '' ? '&& return' : quoted(rest)}
`;
}

function actionOf({ value }: Option): string {
  if (value?.choices) return `(${value.choices.join(' ')})`;
  if (value?.names) return value.names === 'directory' ? '_files -/' : '_files';
  return ' ';
}

function fish({ name, options }: Command<unknown>): string {
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
  return `# Completion of ${name} for fish. For good: ${name} --completion fish > ~/.config/fish/completions/${name}.fish
complete -c ${name} -f
${lines.join('\n')}
`;
}

/** In single quotes, for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
