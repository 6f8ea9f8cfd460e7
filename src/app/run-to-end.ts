import { Failure } from '../failure.ts';

/** What an executable needs to end as all others do. */
export interface Ending<T> {
  /** Keeps an error that was not foreseen, with its stack. */
  readonly unexpected: (error: unknown) => void;
  /** Tells why the work could not be done; returns what the executable ends with. */
  readonly refused: (error: unknown) => T;
  /** Waits until all is written. */
  readonly close?: () => Promise<void>;
}

/**
 * Does the work of an executable, and ends in the one way that all of them do: an error that was not foreseen is kept with
 * its stack, any error is told as a result, and nothing is left to be written.
 *
 * @throws never, unless `refused` or `close` does
 */
export async function runToEnd<T>(
  { unexpected, refused, close }: Ending<T>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure)) unexpected(error);
    return refused(error);
  } finally {
    await close?.();
  }
}
