import type { SampleOptions } from '../../../dev/sample/sample.ts';

/**
 * A sample with fewer events and studios, for tests that are not about what is in it: a machine proves it in less time, and
 * renders its pages in half of the time. Cities of five continents are in it, and studios of all kinds.
 */
export const FEW: SampleOptions = { studios: 24, events: 40 };
