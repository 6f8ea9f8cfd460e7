import { Failure } from '../../../src/failure.ts';

/** The failure that `run` ends with; anything else, success too, is an error of the test. */
export async function failureOf(run: () => unknown): Promise<Failure> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
