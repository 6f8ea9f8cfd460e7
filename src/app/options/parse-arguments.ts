import type { Failure } from '../../failure.ts';
import { type Command, type Option, Unfit, UnfitPart, usageOf } from './command.ts';
import { type Form, formOf } from './form.ts';
import { nearest } from './nearest.ts';

/** A parsed command line. */
export interface Parsed {
  /** The values of all options, by name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Null for none. */
  readonly subcommand: string | null;
  /** The requested form, even if other options are wrong. */
  readonly form: Form;
  /** The first thing that is wrong; null for nothing. */
  readonly problem: Failure | null;
}

/** Never throws. */
export function parse(command: Command<unknown>, args: readonly string[]): Parsed {
  const line = new Line(command);
  line.take(args);
  const { subcommand, form, problem } = line;
  return { values: line.values(), subcommand, form, problem };
}

/** Of a name that is repeated although nobody knows it: none that holds a secret has these letters alone. */
const HARMLESS = /^-{1,2}[a-z][a-z-]{0,19}/i;

interface Named {
  readonly name: string;
  readonly option: Option;
}

class Line {
  readonly #command: Command<unknown>;
  readonly #given = new Map<string, unknown[]>();
  readonly #arguments: string[] = [];
  problem: Failure | null = null;
  subcommand: string | null = null;

  constructor(command: Command<unknown>) {
    this.#command = command;
  }

  get form(): Form {
    return formOf({ json: this.#given.has('json'), events: this.#given.has('events') });
  }

  take(args: readonly string[]): void {
    const rest = [...args];
    for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
      if (arg === '--') this.#arguments.push(...rest.splice(0));
      else if (arg.startsWith('--')) this.#long(arg, rest);
      else if (arg.startsWith('-') && arg !== '-') this.#letters(arg, rest);
      else this.#arguments.push(arg);
    }
    this.#checkArguments();
  }

  values(): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const [name, option] of Object.entries(this.#command.options)) {
      const given = this.#given.get(name);
      if (!option.value)
        values[name] = given !== undefined && ((option.operand && this.#arguments[0]) || true);
      else if (option.many) values[name] = given ?? null;
      else values[name] = given ? given.at(-1) : this.#preset(option.value.parse, option.preset);
    }
    return values;
  }

  #preset(read: (text: string) => unknown, preset: string | undefined): unknown {
    return preset === undefined ? null : read(preset);
  }

  #long(arg: string, rest: string[]): void {
    const equals = arg.indexOf('=');
    const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
    const option = this.#option(name);
    if (option) this.#set({ name, option }, equals < 0 ? null : arg.slice(equals + 1), rest);
    else this.#refuse(this.#unknown(`--${name}`));
  }

  /** `-nv` is `-n -v`, and `-uada` is `-u ada`. */
  #letters(arg: string, rest: string[]): void {
    for (let at = 1; at < arg.length; at++) {
      const found = this.#lettered(arg[at] ?? '');
      if (!found) this.#refuse(this.#unknown(arg, `-${arg[at]}`));
      else this.#set(found, found.option.value ? arg.slice(at + 1) || null : null, rest);
      if (!found || found.option.value) return;
    }
  }

  #set({ name, option }: Named, inline: string | null, rest: string[]): void {
    if (!option.value) {
      if (inline === null) this.#given.set(name, [true]);
      else this.#refuse(`--${name} takes no value`);
      return;
    }
    const [next] = rest;
    const isThere = next !== undefined && (next === '-' || !next.startsWith('-'));
    const given = inline ?? (isThere ? rest.shift() : undefined);
    if (given === undefined) {
      this.#refuse(`--${name} lacks its value (${option.value.name})`);
      return;
    }
    try {
      this.#given.set(name, [...(this.#given.get(name) ?? []), option.value.parse(given)]);
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      if (error instanceof UnfitPart) this.#refuse(`--${name}: ${error.message}`);
      else this.#refuse(`--${name} ${error.message}${this.#instead(given, option.value.choices)}`);
    }
  }

  #instead(text: string, choices: readonly string[] = []): string {
    const meant = text.includes(',') ? null : nearest(text, choices);
    const shown = this.#command.isSecretive && meant === null ? '' : `, not ${JSON.stringify(text)}`;
    return `${shown}${meant === null ? '' : `; did you mean ${meant}?`}`;
  }

  #lettered(letter: string): Named | null {
    const [found] = Object.entries(this.#command.options).filter(([, { short }]) => short === letter);
    return found ? { name: found[0], option: found[1] } : null;
  }

  #option(name: string): Option | undefined {
    const { options } = this.#command;
    return Object.hasOwn(options, name) ? options[name] : undefined;
  }

  /** Of a word with one dash, such as `-verify`, the letter is named where the word is near no option. */
  #unknown(typed: string, letter = typed): string {
    const meant = nearest(typed.replace(/^-+/, ''), Object.keys(this.#command.options));
    const shown = meant === null ? HARMLESS.exec(letter)?.[0] : typed;
    if (shown === undefined) return 'there is an option that cannot be understood';
    return `unknown option ${shown}${meant === null ? '' : `; did you mean --${meant}?`}`;
  }

  #checkArguments(): void {
    const { options, isSecretive, subcommands } = this.#command;
    if (subcommands) {
      this.#takeSubcommand(Object.keys(subcommands));
      return;
    }
    const takes = Object.entries(options).some(([name, option]) => {
      return !option.value && option.operand !== undefined && this.#given.has(name);
    });
    const surplus = this.#arguments[takes ? 1 : 0];
    if (surplus === undefined) return;
    const meant = nearest(surplus, Object.keys(options));
    const shown = isSecretive && meant === null ? '' : ` ${JSON.stringify(surplus)}`;
    this.#refuse(`unexpected argument${shown}${meant === null ? '' : `; did you mean --${meant}?`}`);
  }

  #takeSubcommand(known: readonly string[]): void {
    const typed = this.#arguments.join(' ');
    this.subcommand = known.find((one) => one === typed) ?? null;
    if (this.subcommand !== null || typed === '') return;
    const begun = known.find((one) => typed.startsWith(`${one} `));
    if (begun !== undefined) {
      this.#refuse(`unexpected argument after ${begun}`);
      return;
    }
    const meant = nearest(typed, known);
    const instead = meant === null ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
    this.#refuse(`unexpected arguments; ${instead}`);
  }

  #refuse(message: string): void {
    this.problem ??= usageOf(this.#command.name)(message);
  }
}
