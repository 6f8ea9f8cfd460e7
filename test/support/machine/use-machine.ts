import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { Machine } from './machine.ts';
import { type Published, startPublished } from './published.ts';

/** The sample index, and the same after a change that every generated file but the map shows. */
export const FIRST = makeSampleIndex();
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
}

/** Gives a file a store, and each of its tests the first index in it and a machine that has nothing yet. */
export function useMachine(env: Record<string, string> = {}): Here {
  let published: Published;
  let machine: Machine;
  let etag: string;
  beforeAll(async () => {
    published = await startPublished();
  });
  afterAll(() => published.close());
  beforeEach(async () => {
    etag = await published.publish(FIRST, EARLIER);
    machine = new Machine({ ...published.env, ...env });
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
  };
}
