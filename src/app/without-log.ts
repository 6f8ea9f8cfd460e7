import { problemOf } from '../failure.ts';
import { createScrubber, type Scrubber, secretsOf } from '../report/redact.ts';
import { type Caller, printedAsUsage, refusalExit, type Streams } from './arguments.ts';
import type { Ending } from './run-to-end.ts';

/** How an executable ends that has no log: both go to standard error. */
export function withoutLog(streams: Streams, caller: Caller): Pick<Ending<1 | 2>, 'unexpected' | 'refused'> {
  return {
    unexpected: (error) => streams.complain(stackOf(error, scrubberOf(caller))),
    refused: (error) => printRefusal(error, streams, caller),
  };
}

/**
 * Prints why an executable could not do its work, for a person, on standard error.
 *
 * @returns the exit code
 */
export function printRefusal(error: unknown, streams: Streams, caller: Caller): 1 | 2 {
  if (printedAsUsage(error, 'lines', streams, caller)) return 2;
  const { code, message, hint } = scrubberOf(caller).value(problemOf(error));
  streams.complain(`Failed (${code}): ${message}\nWhat to do: ${hint}\n`);
  return refusalExit(error);
}

/** The stack of an unexpected error, with the end of its last line; empty where there is none. */
export function stackOf(error: unknown, scrubber: Scrubber): string {
  const stack = error instanceof Error ? scrubber.block(error.stack ?? '') : '';
  return stack === '' ? '' : `${stack}\n`;
}

function scrubberOf({ env, unused = [] }: Caller): Scrubber {
  return createScrubber([...secretsOf(env), ...unused]);
}
