import { Failure } from '../failure.ts';
import { createScrubber, secretsOf } from '../report/redact.ts';
import type { World } from './machine/machine-context.ts';
import type { Command } from './options/command.ts';
import type { Form } from './options/form.ts';
import { parse } from './options/parse-arguments.ts';

/** The output streams of a call. */
export interface Streams {
  /** Standard output. */
  readonly write: (text: string) => void;
  /** Standard error. */
  readonly complain: (text: string) => void;
  /** Columns of the terminal that standard output is; absent, or infinitely many, where it is none. */
  readonly columns?: () => number;
}

/** A command line: one that was answered, or one to be done. */
export type Call<T> =
  | { readonly kind: 'answered'; readonly exitCode: 0 | 2 }
  | {
      readonly kind: 'work';
      /** The form of its output. */
      readonly form: Form;
      /** @throws {Failure} `usage`, if it must be printed in another form than lines */
      readonly options: () => T;
    };

/** The executable that is called, and its secrets. */
export type Caller = Pick<World, 'name' | 'env' | 'unused'>;

/**
 * Reads the command line of an executable. Answers what needs nothing but that: help, version, completion, and mistakes
 * where lines are wanted.
 */
export async function readCall<T>(
  command: Command<T>,
  args: readonly string[],
  { write, complain }: Streams,
  caller: Caller,
): Promise<Call<T>> {
  const { values, subcommand, form, problem } = parse(command, args);
  try {
    if (problem) throw problem;
    if (values['help'] || values['version'] || values['completion']) {
      const { answerAbout } = await import('./options/about.ts');
      write(answerAbout(command, values));
      return { kind: 'answered', exitCode: 0 };
    }
    const options = command.read(values, subcommand);
    return { kind: 'work', form, options: () => options };
  } catch (error) {
    if (!isUsage(error)) throw error;
    const refuse = (): never => {
      throw error;
    };
    if (form !== 'lines') return { kind: 'work', form, options: refuse };
    complain(usageLine(error, caller));
    return { kind: 'answered', exitCode: 2 };
  }
}

/** Whether the command line is wrong. */
export function isUsage(error: unknown): error is Failure {
  return error instanceof Failure && error.code === 'usage';
}

/** The exit code of what could not be done: 2 for a mistake in the command line. */
export function refusalExit(error: unknown): 1 | 2 {
  return isUsage(error) ? 2 : 1;
}

/**
 * Whether an error was printed as a mistake in the command line: in one line on standard error, if lines are wanted. In
 * any other form it is a result like others.
 */
export function printedAsUsage(error: unknown, form: Form, { complain }: Streams, caller: Caller): boolean {
  if (form !== 'lines' || !isUsage(error)) return false;
  complain(usageLine(error, caller));
  return true;
}

/** Such a mistake in one line, with what to do about it. What was typed may be a secret in the wrong place. */
function usageLine({ message, hint }: Failure, { name, env, unused = [] }: Caller): string {
  const scrubber = createScrubber([...secretsOf(env), ...unused]);
  return `${scrubber.line(`${name}: ${message} (${hint.replace(/\.$/, '')})`)}\n`;
}
