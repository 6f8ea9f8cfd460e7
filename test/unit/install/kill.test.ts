import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { listGenerations, readGeneration } from '../../../src/install/generations.ts';
import { readHistory } from '../../../src/journal/history.ts';
import { type ImageOptions, makeLive, provenVersion, versionImage } from '../../support/install/images.ts';
import { installVersion } from '../../support/install/install-version.ts';
import { leftovers, makePlace } from '../../support/install/place.ts';
import { type Place, placeIn, plan } from '../../support/install/place-in.ts';
import { buildDriver, killPoints, spread, stopAtEach } from '../../support/install/tracer.ts';
import { copyTree } from '../../support/system/copy-tree.ts';

// What dozens of kills leave is made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const FIRST = '20260102T030405678Z-000001';
const KILLED = '20260102T030406678Z-000002';
const NEXT = '20260102T030407678Z-000003';

interface Scenario {
  readonly title: string;
  readonly mode: 'wal' | 'delete' | null;
  readonly kills: number;
  readonly next?: ImageOptions;
}

/** A `mode` of null: nothing has been installed before. Kills are spread over the calls of each kind (`spread`). */
const SCENARIOS: readonly Scenario[] = [
  { title: 'a live index in rollback mode', mode: 'delete', kills: 22 },
  { title: 'a live index with a write-ahead log', mode: 'wal', kills: 22 },
  { title: 'nothing there before', mode: null, kills: 13 },
  { title: 'larger pages in rollback mode', mode: 'delete', kills: 10, next: { pageSize: 8192 } },
  { title: 'larger pages with a write-ahead log', mode: 'wal', kills: 10, next: { pageSize: 8192 } },
];

/** The versions on disk: of the index, then of the files in the order in which they are renamed; 0 for none. */
function versionsOn(place: Place): number[] {
  const versions = [existsSync(place.index) ? provenVersion(place.index) : 0];
  for (const { path, kind } of plan(place, 0)) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const version = Number(/version (\d+)/.exec(text)?.[1] ?? 0);
    const whole = plan(place, version).find((file) => file.kind === kind)?.content;
    expect([kind, text]).toEqual([kind, version === 0 ? '' : whole]);
    versions.push(version);
  }
  return versions;
}

/** What must hold whenever the run was killed, and after the next one. */
async function prove(place: Place, old: number, image: Buffer): Promise<void> {
  const versions = versionsOn(place);
  const before = statSync(place.navigator, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // Everything is old or new, and what comes later is not new while something before it is old.
  expect([...versions].sort((a, b) => b - a)).toEqual(versions);
  expect(versions.every((version) => version === old || version === 2)).toBe(true);
  if (versions[0] === 2 && old === 1) {
    expect(readGeneration(place.stateDir, KILLED).index).not.toBeNull();
    const kept = (kind: string) => readFileSync(join(place.stateDir, 'generations', KILLED, kind), 'utf8');
    for (const { kind, content } of plan(place, 1)) expect(kept(kind)).toBe(content);
  }
  const done = await installVersion(place, 2, image, NEXT);
  expect(versionsOn(place)).toEqual([2, 2, 2, 2, 2]);
  expect(leftovers(place.home)).toEqual([]);
  if (done.reloaded) expect(statSync(place.navigator).mtimeMs).toBeGreaterThan(before);
  // Whichever of the two runs put it in place, by the last change of its directory, it was dated a second after that.
  const { mtimeMs: placed } = statSync(dirname(place.navigator));
  expect(statSync(place.navigator).mtimeMs).toBeGreaterThanOrEqual(Math.floor(placed) + 1000);
  expect(listGenerations(place.stateDir).every(({ run }) => readGeneration(place.stateDir, run))).toBe(true);
  expect((await installVersion(place, 2, image, `${NEXT.slice(0, -1)}4`)).reloaded).toBe(false);
}

it.each(SCENARIOS)(
  'an installation that is killed at any system call leaves every file old or new, and the next run completes: $title',
  async ({ mode, kills, next }) => {
    const { home } = makePlace();
    const template = placeIn(join(home, 'template'));
    const old = mode ? 1 : 0;
    const image = versionImage(2, { rows: 150, ...next });
    const imagePath = join(home, 'image');
    writeFileSync(imagePath, image);
    if (mode) {
      makeLive(template.index, versionImage(1, { rows: 100 }), mode);
      await installVersion(template, 1, versionImage(1, { rows: 100 }), FIRST);
    }
    const driver = join(home, 'driver.mjs');
    buildDriver(driver);
    const place = placeIn(join(home, 'place'));
    const putBack = (copy: string) => {
      rmSync(place.home, { recursive: true });
      copyTree(copy, place.home);
    };
    const args = [driver, place.home, '2', imagePath, KILLED];
    putBack(template.home);
    const points = spread(await killPoints(join(home, 'trace'), args), kills);
    putBack(template.home);
    const copies: string[] = [];
    await stopAtEach(points, args, () => {
      const copy = join(home, `copy-${copies.length}`);
      copyTree(place.home, copy);
      copies.push(copy);
    });
    for (const copy of copies) {
      putBack(copy);
      await prove(place, old, image);
      const rows = await readHistory(place.dbDir, 10);
      const row = rows.find(({ run }) => run === KILLED);
      expect([undefined, 'interrupted', 'updated']).toContain(row?.outcome);
    }
    expect(copies.length).toBeGreaterThan(kills * 0.9);
  },
);
