import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { Machine } from './machine.ts';

/**
 * From here on, machines that tests of this file make run what `run-source.ts` knows from its source, in this process: a call
 * costs a fifth of one that starts a process. It is for many calls that differ in what is said or found. Call it before anything that
 * makes a machine; a test that is to have what was built says `isFromSource = false`, or `asBuilt()`, and each file has some of these.
 */
export function useSource(): void {
  beforeAll(() => {
    Machine.areFromSource = true;
  });
  afterAll(() => {
    Machine.areFromSource = false;
  });
}

/** The machines that the rest of a test makes run what was built. */
export function asBuilt(): void {
  Machine.areFromSource = false;
  onTestFinished(() => {
    Machine.areFromSource = true;
  });
}
