import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { versionImage } from '../../support/install/images.ts';
import { installVersion } from '../../support/install/install-version.ts';
import { LATER_RUN, makePlace, RUN } from '../../support/install/place.ts';

const DRIVER = join(import.meta.dirname, '../../support/install/driver.ts');

it.each(['-2 hours', '+2 hours'])(
  'an installation after a jump of the clock by %s makes Navigator reload',
  async (jump) => {
    const place = makePlace();
    await installVersion(place, 1, versionImage(1), RUN);
    const { mtimeMs: before } = statSync(place.navigator);
    // Navigator's load ends no later than the run that its start hook does right after it.
    const loadEnded = Date.now();
    await installVersion(place, 1, versionImage(1), `${RUN.slice(0, -1)}0`);
    const image = join(place.home, 'image');
    writeFileSync(image, versionImage(2));
    const env = { ...process.env, NO_FAKE_STAT: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    const args = [
      '-f',
      jump.replace(' hours', 'h'),
      process.execPath,
      DRIVER,
      place.home,
      '2',
      image,
      LATER_RUN,
    ];
    execFileSync('faketime', args, { env });
    const { mtimeMs } = statSync(place.navigator);
    expect(mtimeMs).toBeGreaterThan(before);
    expect(mtimeMs).toBeGreaterThan(loadEnded);
    if (jump.startsWith('+')) expect(mtimeMs).toBeGreaterThan(loadEnded + 7_200_000);
  },
);
