import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { FEW } from '../indexes/few.ts';
import { FirstUpdate } from './first-update.ts';
import type { Machine } from './machine.ts';
import { type Published, startPublished } from './published.ts';

/** A sample index, and the same after a change that every generated file but the map shows. */
export const FIRST = makeSampleIndex(FEW);
export const SECOND = changeSample(FIRST).index;
/** When the two were last changed. */
export const EARLIER = new Date('2026-01-02T03:04:05Z');
export const LATER = new Date('2026-01-02T03:05:00Z');

export const FLY_MACHINE = { FLY_APP_NAME: 'smooth', FLY_REGION: 'iad', FLY_MACHINE_ID: 'd8912' };

/** What a test has at hand. */
export interface Here {
  readonly published: Published;
  readonly machine: Machine;
  /** ETag of the first index in the store. */
  readonly etag: string;
  /** Gives the machine its first update, which is a POST for the first test that asks, and a copy of its files for the others. */
  installed(): Promise<void>;
}

/**
 * Gives a file a store, and each of its tests the first index in it and a machine that has nothing yet; all of these have the
 * same directories, one after the other.
 *
 * @param index what the store has, in place of the first one
 */
export function useMachine(env: Record<string, string> = {}, index = FIRST): Here {
  let published: Published;
  let machine: Machine;
  let etag: string;
  let first: FirstUpdate;
  beforeAll(async () => {
    published = await startPublished();
    first = new FirstUpdate();
  });
  afterAll(async () => {
    first.close();
    await published.close();
  });
  beforeEach(async () => {
    etag = await published.publish(index, EARLIER);
    machine = first.machine({ ...published.env, ...env });
  });
  afterEach(() => machine.remove());
  return {
    get published() {
      return published;
    },
    get machine() {
      return machine;
    },
    get etag() {
      return etag;
    },
    installed: () => first.installOn(machine),
  };
}
