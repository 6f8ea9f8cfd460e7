import { statSync, utimesSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitFiles, freshMtime } from '../../../src/install/commit.ts';
import { stageFiles } from '../../../src/install/stage.ts';
import { makePlace, plan, RUN } from '../../support/install/place.ts';

const NOON = Date.UTC(2026, 0, 2, 12);
const HOUR = 3_600_000;

describe('the fresh mtime of navigator.yml', () => {
  it('is a second ahead of the clock, so that a load under way ends before it', () => {
    expect(freshMtime({ now: NOON, clockMark: NOON - HOUR, previous: NOON - HOUR })).toBe(NOON + 1000);
  });

  it('exceeds by a second the highest clock ever seen, when the clock was set back', () => {
    expect(freshMtime({ now: NOON - HOUR, clockMark: NOON, previous: NOON - 2 * HOUR })).toBe(NOON + 1000);
  });

  it('exceeds the previous mtime even when the journal knows of no clock', () => {
    expect(freshMtime({ now: NOON - HOUR, clockMark: 0, previous: NOON })).toBe(NOON + 125);
  });

  it('does not run away from the clock when updates follow each other closely', () => {
    let previous = NOON;
    for (let now = NOON; now < NOON + 10_000; now += 130) {
      const next = freshMtime({ now, clockMark: now, previous });
      expect(next).toBeGreaterThan(previous);
      expect(next - now).toBeLessThan(1125 + 125);
      previous = next;
    }
  });

  it('always grows, and is later than any load that ended by the highest clock seen', () => {
    const time = fc.integer({ min: 0, max: NOON * 2 });
    fc.assert(
      fc.property(time, time, fc.option(time), (now, clockMark, previous) => {
        const mtime = freshMtime({ now, clockMark, previous });
        return mtime > (previous ?? 0) && mtime > clockMark && mtime > now;
      }),
    );
  });

  it('is a time that the file system stores exactly', async () => {
    const place = makePlace();
    const mtime = commitFiles(await stageFiles(plan(place, 1), RUN), { path: place.navigator, clockMark: 0 });
    expect(statSync(place.navigator, { bigint: true }).mtimeNs).toBe(BigInt(mtime ?? 0) * 1_000_000n);
  });

  it('is set on the file even if the clock jumps back by an hour between two installations', async () => {
    const place = makePlace();
    const commitAt = async (version: number, now: number, clockMark: number) =>
      commitFiles(await stageFiles(plan(place, version), RUN), {
        path: place.navigator,
        clockMark,
        now: () => now,
      });
    await commitAt(1, NOON, 0);
    const second = await commitAt(2, NOON - HOUR, NOON + 50);
    expect(second).toBe(NOON + 1125);
    expect(statSync(place.navigator).mtimeMs).toBe(second);
  });

  it('is later than an mtime set in the future, fractions of a millisecond included', async () => {
    const place = makePlace();
    commitFiles(await stageFiles(plan(place, 1), RUN), { path: place.navigator, clockMark: 0 });
    utimesSync(place.navigator, 4102444800.9998, 4102444800.9998);
    const { mtimeNs: before } = statSync(place.navigator, { bigint: true });
    commitFiles([], { path: place.navigator, clockMark: 0 });
    expect(statSync(place.navigator, { bigint: true }).mtimeNs).toBeGreaterThan(before);
  });
});
