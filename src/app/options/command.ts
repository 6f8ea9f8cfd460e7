import { Failure } from '../../failure.ts';

/** The argument of an option. */
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

/** The same, with a message of its own that names what was given. */
export class UnfitPart extends Unfit {}

interface Described {
  /** One letter. */
  readonly short?: string;
  /** What it does, without a full stop. */
  readonly help: string;
  /** The heading above it in help; absent if it is that of the option before. */
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
  /** Its default, as it would be typed. */
  readonly preset?: string;
  /** The default in words, if it is not a constant. */
  readonly presetWords?: string;
  /** The variable that is used if the option is not given. */
  readonly variable?: string;
  /** Whether it may be given more than once, and all values count. */
  readonly many?: true;
}

export type Option = Flag | Valued<unknown>;

export type Options = Readonly<Record<string, Option>>;

/** The values as given: for a flag with an operand the operand's text, or true without one; null if an option was not given. */
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

/** The description of an executable. Parser, help, manual page, completion and the tables in the documentation are made from it. */
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
  /** The most important variables, and their meaning. */
  readonly environment: readonly (readonly [name: string, what: string])[];
  readonly exits: readonly (readonly [code: number, what: string])[];
  /** Further sections: a heading, and terms with their meaning. */
  readonly notes?: readonly {
    readonly heading: string;
    readonly terms: readonly (readonly [string, string])[];
  }[];
  /** The page of the documentation, relative to the project. */
  readonly page: string;
  /** Subcommands, such as `keys add`: words before the options, and what each does. */
  readonly subcommands?: Readonly<Record<string, string>>;
  /** Whether messages never repeat what was typed: it may be a password in the wrong place. */
  readonly isSecretive?: true;
}

export interface Command<T> extends Description {
  readonly options: Options;
  /**
   * Makes the options from values that are valid one by one.
   *
   * @param subcommand null, or absent, for none
   * @throws {Failure} `usage`: they cannot be combined
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

/** Options of every executable that works on an application. */
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
 * Defines the command line of an executable.
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

/** Makes a `usage` failure, whose hint names the help of this executable. */
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

/** Text that matches a pattern; `takes` describes it in words, such as `an ETag`. */
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
