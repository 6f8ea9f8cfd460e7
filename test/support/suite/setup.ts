import fc from 'fast-check';
import { afterAll } from 'vitest';
import { endEverything } from './at-end.ts';
import { recordCpuTimes } from './cpu-times.ts';
import './same-bytes.ts';

/**
 * Every run of the property tests draws the same cases, so that a failure is a change's own. `PROPERTY_SEED=$RANDOM npm
 * test` looks for new ones.
 *
 * A list that may have up to 25 items shall often have so many, since most of what can go wrong needs several events of
 * several studios.
 */
fc.configureGlobal({
  seed: Number(process.env['PROPERTY_SEED'] || 20_260_102),
  defaultSizeToMaxWhenMaxSpecified: true,
});

// Before the other one, so that it is done after it.
if (process.env['CPU_TIMES']) recordCpuTimes(process.env['CPU_TIMES']);
afterAll(endEverything);
