import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Failure } from '../failure.ts';

/** Options of every command that works on an application. */
export const USUAL_OPTIONS = {
  json: { type: 'boolean', default: false },
  events: { type: 'boolean', default: false },
  'app-root': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** How an operation is told: line by line, by its result as one JSON object, or by its events as JSON, one a line. */
export type Form = 'lines' | 'json' | 'events';

/** The form that was asked for, as far as it can be known of arguments that may make no sense. */
export function formOf(args: readonly string[]): Form {
  return args.includes('--events') ? 'events' : args.includes('--json') ? 'json' : 'lines';
}

/**
 * The form that was asked for.
 *
 * @throws {Failure} `usage`, as given
 */
export function readForm(
  { json, events }: { readonly json: boolean; readonly events: boolean },
  usage: (message: string) => Failure,
): Form {
  if (json && events) throw usage('--json and --events exclude each other');
  return events ? 'events' : json ? 'json' : 'lines';
}

/** A flag, false unless it is given. */
export const FLAG = { type: 'boolean', default: false } as const;

/** Refusals of a command line that send their reader to the help of this executable. */
export function usageOf(executable: string): (message: string) => Failure {
  return (message) => new Failure('usage', message, { hint: `${executable} --help lists the options.` });
}

/** @throws {Failure} `usage`, as given: an option that is not there, or a value where none belongs */
export function readArguments<T extends ParseArgsConfig>(config: T, usage: (message: string) => Failure) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw usage(error instanceof Error ? explain(error) : String(error));
  }
}

/** Node's words may repeat what was given, so only the name of the option is taken from them. */
function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL')
    return `unexpected argument ${JSON.stringify(/'(.{1,40})'/.exec(message)?.[1] ?? '')}`;
  const name = /'(?:-[a-z], )?(--?[a-z-]{1,20})/.exec(message)?.[1];
  if (name === undefined) return 'there is an option that cannot be understood';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `there is no option ${name}`;
  return message.includes('does not take') ? `${name} takes no value` : `${name} lacks its value`;
}

/**
 * Hooks take no options, but tell about themselves.
 *
 * @returns the exit code when there was an argument, and so nothing else to do
 */
export function refuseArguments(
  args: readonly string[],
  help: string,
  write: (text: string) => void,
): 0 | 2 | null {
  if (args.length === 0) return null;
  if (args.length === 1 && (args[0] === '--help' || args[0] === '-h')) {
    write(help);
    return 0;
  }
  write(`Failed (usage): there is no option but --help, and no argument\n\n${help}`);
  return 2;
}
