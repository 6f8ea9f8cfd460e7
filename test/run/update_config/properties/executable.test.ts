import { readFileSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { generate } from '../../../../src/generate/generate.ts';
import { readValidIndex } from '../../../../src/index/read-index.ts';
import { siteFrom } from '../../../../src/site/read-site.ts';
import { altered } from '../../../support/indexes/indexes.ts';
import { type Station, Stations } from '../../../support/machine/station.ts';
import { useSource } from '../../../support/machine/use-source.ts';
import { Navigator } from '../../../support/properties/navigator.ts';
import { anyTables, imageOf } from '../../../support/properties/plans.ts';

// A test runs update_config for each of some invented indexes, the first two as it was built.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

useSource();
const stations = new Stations();
beforeAll(() => stations.open(3));
afterAll(() => stations.close());

const KAMAL = { FLY_APP_NAME: '', FLY_REGION: '', KAMAL_CONTAINER_NAME: 'showcase-web' };
const LOCAL = { FLY_APP_NAME: '', FLY_REGION: '' };

/** The machines take turns: Fly in a region of the index where it has one of Fly's form, Kamal, the admin host. */
function machineFor(number: number, regions: readonly { code: string }[]): Record<string, string> {
  const codes = regions.map(({ code }) => code).filter((code) => /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(code));
  const fly = { FLY_REGION: codes[number % codes.length] ?? 'iad' };
  return [fly, KAMAL, fly, LOCAL][number % 4] ?? fly;
}

/** What update_config has written is what the rooms make of the same rows, and a second run leaves it alone. */
async function holds(here: Station, image: Buffer, number: number): Promise<void> {
  const { index, warnings } = readValidIndex(image);
  const env = machineFor(number, index.regions);
  await here.publish(image);
  const answer = await here.post('', { env });
  expect(answer, answer.body).toMatchObject({
    status: 200,
    exitCode: 0,
    result: { outcome: 'updated', reload: true, warningCount: warnings.length },
  });

  const host = { defaultAppRoot: '/', hostname: hostname(), totalMemoryBytes: totalmem() };
  const site = siteFrom({ ...here.machine.env, ...env }, host, null);
  for (const { path, content } of generate(index, site))
    expect(readFileSync(path, 'utf8'), path).toBe(content);
  expect(() => new Navigator(here.machine.read('navigator.yml'))).not.toThrow();

  here.settle();
  const again = await here.post('', { env });
  expect(again.result).toMatchObject({ outcome: 'unchanged', reload: false, warningCount: warnings.length });
  here.expectUntouched();
}

const cases = fc.sample(anyTables(), 8).map((tables, at) => [`${at + 1}`, tables] as const);

test.concurrent.each(cases)('update_config installs the random index %s, once', (number, tables) =>
  (Number(number) > 2 ? stations.use : stations.useBuilt).call(stations, (here) =>
    // Small indexes may be alike; the number makes them different.
    holds(here, altered(imageOf(tables), `PRAGMA user_version = ${number}`), Number(number)),
  ),
);
