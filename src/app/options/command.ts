import { Failure } from '../../failure.ts';

/** What stands behind an option. */
export interface Value<V> {
  /** As help shows it, such as `N`. */
  readonly name: string;
  /** @throws {Unfit} */
  readonly parse: (text: string) => V;
  /** All values to choose from; absent if their number has no limit. */
  readonly choices?: readonly string[];
  readonly names?: 'file' | 'directory';
}

/** A value that an option does not take. The message follows the option's name, such as `takes a number from 1 to 9`. */
export class Unfit extends Error {}

interface Described {
  /** One letter. */
  readonly short?: string;
  /** What it does, without a full stop. */
  readonly help: string;
  /** Heading that it stands under, with those before it; absent for that of the one before. */
  readonly group?: string;
}

/** An option without a value. */
interface Flag extends Described {
  readonly value?: undefined;
  /** Name of the one argument that may be given with it. */
  readonly operand?: string;
}

interface Valued<V> extends Described {
  readonly value: Value<V>;
  /** What counts where it is not given, as it would be typed. */
  readonly preset?: string;
  /** The same, in words, where it is not a constant or the program finds it itself. */
  readonly presetWords?: string;
  /** The variable that says the same, and counts where the option is not given. */
  readonly variable?: string;
  /** Given twice, both are meant. */
  readonly many?: true;
}

export type Option = Flag | Valued<unknown>;

export type Options = Readonly<Record<string, Option>>;

/** What was given: of a flag with an operand its text, or true without one; null for a value that was not given. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { value: Value<infer V>; many: true }
    ? readonly V[] | null
    : O[K] extends { value: Value<infer V>; preset: string }
      ? V
      : O[K] extends { value: Value<infer V> }
        ? V | null
        : O[K] extends { operand: string }
          ? boolean | string
          : boolean;
};

/** Everything that a person can know of an executable. Parser, help, manual page, completion and tables are made of it. */
interface Description {
  readonly name: string;
  readonly folder: 'scripts' | 'cgi-bin';
  /** Who or what runs it. */
  readonly startedBy: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Paragraphs. */
  readonly about: readonly string[];
  /** A call, and what it does. */
  readonly examples: readonly (readonly [call: string, what: string])[];
  /** Variables that matter most, and what they say. */
  readonly environment: readonly (readonly [name: string, what: string])[];
  readonly exits: readonly (readonly [code: number, what: string])[];
  /** What else there is to know: a heading, and terms with what they mean. */
  readonly notes?: readonly {
    readonly heading: string;
    readonly terms: readonly (readonly [string, string])[];
  }[];
  /** The page of the documentation, relative to the project. */
  readonly page: string;
  /** Words that may stand before the options, such as `keys add`, and what is done by them. */
  readonly subcommands?: Readonly<Record<string, string>>;
  /** Whether what was typed is never repeated: one may be a password in the wrong place. */
  readonly isSecretive?: true;
}

export interface Command<T> extends Description {
  readonly options: Options;
  /**
   * What is meant by values that fit.
   *
   * @param subcommand null, or absent, for none
   * @throws {Failure} `usage`: they do not go together
   */
  readonly read: (values: Readonly<Record<string, unknown>>, subcommand?: string | null) => T;
}

/** Options that every executable has. */
export const ABOUT_OPTIONS = {
  help: { short: 'h', help: 'print this text', group: 'About' },
  version: { short: 'V', help: 'print the name and the version' },
  completion: {
    help: 'print what makes a shell complete these options',
    value: choice('SHELL', ['bash', 'zsh', 'fish']),
  },
} as const satisfies Options;

/** Options of what works on an application. */
export const APPLICATION_OPTIONS = {
  'app-root': {
    group: 'Everywhere',
    help: "the application's directory",
    value: { ...text('DIR'), names: 'directory' },
    variable: 'APP_ROOT',
    presetWords: "the parent of this file's",
  },
} as const satisfies Options;

/**
 * Defines what an executable takes, and what is made of it.
 *
 * @param read given the values of all options; throws the `Failure` that it is given the making of
 */
export function defineCommand<const O extends Options, T>(
  description: Description & { readonly options: O },
  read: (values: Values<O>, usage: (message: string) => Failure, subcommand: string | null) => T,
): Command<T> {
  const usage = usageOf(description.name);
  return {
    ...description,
    options: { ...description.options, ...ABOUT_OPTIONS },
    read: (values, subcommand = null) => read(values as Values<O>, usage, subcommand),
  };
}

/** Refusals of a command line that send their reader to the help of this executable. */
export function usageOf(name: string): (message: string) => Failure {
  return (message) => new Failure('usage', message, { hint: `${name} --help lists all.` });
}

/** First words of subcommands, each with those that may follow it. */
export function wordsOf({ subcommands = {} }: Command<unknown>): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, readonly string[]>();
  for (const typed of Object.keys(subcommands)) {
    const [first = '', ...rest] = typed.split(' ');
    words.set(first, [...(words.get(first) ?? []), ...rest]);
  }
  return words;
}

/** Any text. */
export function text(name: string): Value<string> {
  return { name, parse: (given) => given };
}

/** Text of a form, which `takes` says in words, such as `an ETag`. */
export function formed(name: string, form: RegExp, takes: string): Value<string> {
  return {
    name,
    parse: (given) => {
      if (form.test(given)) return given;
      throw new Unfit(`takes ${takes}`);
    },
  };
}

/** A whole number, both ends included. */
export function wholeNumber(name: string, least: number, most: number): Value<number> {
  return {
    name,
    parse: (given) => {
      const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
      if (value >= least && value <= most) return value;
      throw new Unfit(`takes a number from ${least} to ${most}`);
    },
  };
}

/** One of a closed set. */
export function choice<const N extends string>(name: string, choices: readonly N[]): Value<N> {
  return {
    name,
    choices,
    parse: (given) => {
      const chosen = choices.find((one) => one === given);
      if (chosen !== undefined) return chosen;
      throw new Unfit(`takes ${choices.join(' or ')}`);
    },
  };
}
