import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Failure } from '../failure.ts';

/** Options of every command that works on an application. */
export const USUAL_OPTIONS = {
  json: { type: 'boolean', default: false },
  'app-root': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

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
    throw usage(error instanceof Error ? error.message : String(error));
  }
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
  write(help);
  return args.length === 1 && (args[0] === '--help' || args[0] === '-h') ? 0 : 2;
}
