import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { Failure } from '../../../src/failure.ts';
import { compareFiles } from '../../../src/install/compare.ts';
import { listGenerations } from '../../../src/install/generations.ts';
import { readLiveIndex } from '../../../src/install/live-index.ts';
import { acquireJournal, type Journal } from '../../../src/journal/journal.ts';
import type { InstalledState } from '../../../src/journal/journal-model.ts';
import { type Change, installChange, stageChange } from '../../../src/update/apply.ts';
import { makeLive, provenVersion, versionImage } from '../../support/install/images.ts';
import { installVersion } from '../../support/install/install-version.ts';
import { leftovers, makePlace, type Place, plan } from '../../support/install/place.ts';
import { siteOf } from '../../support/machine/site.ts';

const FIRST = '20260102T030405678Z-000001';
const SECOND = '20260102T030406678Z-000002';
const THIRD = '20260102T030407678Z-000003';
const MODIFIED = new Date('2026-01-02T03:04:05Z');

const full = () => new Failure('disk', 'full', { hint: 'Free some space.' });

/** The time of an index of which it turns out, when it is in place, that it is damaged. */
class Damaged extends Date {
  override getTime(): number {
    throw new Failure('internal', 'not in order', { hint: 'Look at the disk.' });
  }
}

interface Here {
  readonly place: Place;
  readonly journal: Journal;
  /** What was done beside, in its order. */
  readonly beside: string[];
  readonly change: (more?: Partial<Change>) => Promise<Change>;
}

/** A machine on which version 1 is installed, and version 2 is to be. */
async function machine(): Promise<Here> {
  const place = makePlace();
  makeLive(place.index, versionImage(1), 'delete');
  await installVersion(place, 1, versionImage(1), FIRST);
  const journal = await acquireJournal({ dbDir: place.dbDir, timeoutMs: 10_000 });
  onTestFinished(() => journal.close());
  const site = { ...siteOf('local'), dbDir: place.dbDir, appRoot: place.appRoot };
  const beside: string[] = [];
  const text = (path: string) =>
    existsSync(path) ? /version \d+/.exec(readFileSync(path, 'utf8'))?.[0] : 'none';
  const look = (what: string) => {
    const [htpasswd] = plan(place, 2);
    const files = `${text(htpasswd?.path ?? '')}, ${text(place.navigator)}`;
    beside.push(`${what}: ${files}, index ${provenVersion(place.index)}, owed: ${journal.pendingReload()}`);
  };
  const change = async (more: Partial<Change> = {}): Promise<Change> => ({
    run: SECOND,
    live: await readLiveIndex(site),
    index: { image: versionImage(2), modified: MODIFIED },
    files: compareFiles(plan(place, 2)),
    reloadFile: place.navigator,
    generations: 10,
    beside: {
      announce: () => look('announce'),
      withdraw: () => look('withdraw'),
      place: async () => look('place'),
    },
    remember: (digest) => remembered(digest),
    ...more,
  });
  return { place, journal, beside, change };
}

const remembered = (digest: string): InstalledState => ({
  etag: '"e"',
  sha256: 'a'.repeat(64),
  digest,
  size: 1,
  time: MODIFIED,
  source: 'store',
  held: false,
});

async function install({ journal }: Here, change: Change): Promise<void> {
  await installChange(journal, change, await stageChange(change, async () => {}));
}

const kept = ({ place }: Here) => listGenerations(place.stateDir).map(({ run }) => run);
const versions = ({ place }: Here) => [
  provenVersion(place.index),
  ...plan(place, 0).map(({ path }) => Number(/version (\d+)/.exec(readFileSync(path, 'utf8'))?.[1])),
];

describe('a change that is put in place', () => {
  it('has its intent, then the index, the files, what is beside, and navigator.yml last', async () => {
    const here = await machine();
    const before = statSync(here.place.navigator).mtimeMs;
    await install(here, await here.change());
    expect(here.beside).toEqual([
      'announce: version 1, version 1, index 1, owed: false',
      'place: version 2, version 1, index 2, owed: true',
    ]);
    expect(versions(here)).toEqual([2, 2, 2, 2, 2]);
    expect(statSync(here.place.navigator).mtimeMs).toBeGreaterThan(before);
    expect(statSync(here.place.index).mtime).toEqual(MODIFIED);
    expect(leftovers(here.place.home)).toEqual([]);
    expect(kept(here)).toEqual([SECOND, FIRST]);
  });

  it('says so to the journal together with what is written down next, such as how the run ended', async () => {
    const here = await machine();
    await install(here, await here.change());
    expect(here.journal.pendingReload()).toBe(true);
    here.journal.setOwedUpdate({ code: 'disk', message: 'm', hint: 'h' });
    expect(here.journal.pendingReload()).toBe(false);
    expect(here.journal.installed()).toEqual(remembered(imageDigest(versionImage(2))));
  });

  it('keeps the newest generations, up to the given number', async () => {
    const here = await machine();
    await install(here, await here.change({ generations: 1 }));
    expect(kept(here)).toEqual([SECOND]);
  });
});

describe('a change that fails', () => {
  it('before the index is replaced leaves no generation, nothing staged, and what is beside withdrawn', async () => {
    const here = await machine();
    const change = await here.change({
      remember: () => {
        throw full();
      },
    });
    await expect(install(here, change)).rejects.toMatchObject({ code: 'disk', message: 'full' });
    expect(kept(here)).toEqual([FIRST]);
    expect(leftovers(here.place.home)).toEqual([]);
    expect(versions(here)).toEqual([1, 1, 1, 1, 1]);
    expect(here.beside.map((line) => line.split(':')[0])).toEqual(['announce', 'withdraw']);
    expect(here.journal.pendingReload()).toBe(false);
  });

  it('since the new index is in place and damaged keeps the generation of the old one, to go back to', async () => {
    const here = await machine();
    const change = await here.change({ index: { image: versionImage(2), modified: new Damaged() } });
    await expect(install(here, change)).rejects.toMatchObject({ code: 'internal' });
    expect(kept(here)).toEqual([SECOND, FIRST]);
    expect(leftovers(here.place.home)).toEqual([]);
    expect(here.beside.map((line) => line.split(':')[0])).toEqual(['announce']);
    expect(here.journal.pendingReload()).toBe(true);
  });

  it('once files are in place says that it is partly installed, and owes the reload', async () => {
    const here = await machine();
    const { beside, ...rest } = await here.change();
    const broken = beside && {
      ...beside,
      place: async () => {
        throw full();
      },
    };
    await expect(install(here, { ...rest, beside: broken })).rejects.toMatchObject({
      code: 'disk',
      message: 'the update is only partly installed: full',
      hint: 'Free some space. The next run completes it, and reloads.',
    });
    expect(versions(here)).toEqual([2, 2, 2, 2, 1]);
    expect(leftovers(here.place.home)).toEqual([]);
    here.journal.setOwedUpdate({ code: 'disk', message: 'm', hint: 'h' });
    expect(here.journal.pendingReload(), 'also once the failure is written down').toBe(true);
    expect(kept(here)).toEqual([SECOND, FIRST]);
  });

  it('after one that was cut short keeps under whose name it completes that', async () => {
    const here = await machine();
    here.journal.setPendingReload(FIRST);
    await install(here, await here.change({ run: THIRD }));
    expect(listGenerations(here.place.stateDir)[0]).toMatchObject({ run: THIRD, completes: FIRST });
  });
});

it('what can be spared, the generation and the note of a reload, is, on a disk that has no room for it', async () => {
  const here = await machine();
  here.journal.setPendingReload = () => {
    throw full();
  };
  const change = await here.change({ index: null, remember: null, beside: null });
  await expect(install(here, change)).rejects.toMatchObject({ message: 'full' });
  const spared = { index: null, remember: null, beside: null, spare: true };
  const { setPendingReload } = here.journal;
  here.journal.setPendingReload = () => {
    throw new Failure('config-invalid', 'not of the disk', { hint: 'h' });
  };
  await expect(install(here, await here.change(spared))).rejects.toMatchObject({ code: 'config-invalid' });
  here.journal.setPendingReload = setPendingReload;
  await install(here, await here.change(spared));
  expect(versions(here)).toEqual([1, 2, 2, 2, 2]);
});
