import { afterAll, beforeAll } from 'vitest';
import { Machine } from './machine.ts';

/**
 * From here on, machines that tests of this file make run update_config and config-update from their source, in this process: a call
 * costs a fifth of one that starts a process. It is for many calls that differ in what is said or found. Call it before anything that
 * makes a machine; a test that is to have what was built says `isFromSource = false`, and each file has some of these.
 */
export function useSource(): void {
  beforeAll(() => {
    Machine.areFromSource = true;
  });
  afterAll(() => {
    Machine.areFromSource = false;
  });
}
