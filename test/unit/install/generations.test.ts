import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  incompleteGenerations,
  keepGeneration,
  listGenerations,
  type Replaced,
  readGeneration,
} from '../../../src/install/generations.ts';
import { recover } from '../../../src/install/recover.ts';
import type { IndexFacts } from '../../../src/report/results.ts';
import { versionImage } from '../../support/install/images.ts';
import { LATER_RUN, makePlace, type Place, plan, RUN } from '../../support/install/place.ts';

const FACTS: IndexFacts = {
  etag: '"abc"',
  sha256: '0'.repeat(64),
  size: 1,
  time: '2025-11-19T12:00:00.000Z',
  source: 'store',
};

function ready(): Place {
  const place = makePlace();
  mkdirSync(place.stateDir, { mode: 0o700 });
  return place;
}

function replaced(place: Place, version = 1): Replaced {
  return {
    index: versionImage(version),
    files: plan(place, version).map(({ kind, content }) => ({
      kind,
      previous: kind === 'map' ? null : Buffer.from(content),
    })),
  };
}

const runNumber = (n: number) => `20260102T0304${String(n).padStart(5, '0')}Z-0000aa`;

describe('generations', () => {
  it('give back every kept file byte for byte, and remember missing files', () => {
    const place = ready();
    keepGeneration(place.stateDir, RUN, replaced(place), FACTS);
    const { generation, index } = readGeneration(place.stateDir, RUN);
    expect(index).toEqual(replaced(place).index);
    for (const { kind, previous } of replaced(place).files) {
      const kept = join(place.stateDir, 'generations', RUN, kind);
      expect(existsSync(kept) ? readFileSync(kept) : null).toEqual(previous);
    }
    expect(generation).toMatchObject({ run: RUN, facts: FACTS });
    expect(readGeneration(place.stateDir).generation.run).toBe(RUN);
  });

  it('can be of files alone', () => {
    const place = ready();
    const { files } = replaced(place);
    keepGeneration(place.stateDir, RUN, { index: null, files }, null);
    const { generation, index } = readGeneration(place.stateDir, RUN);
    expect(index).toBeNull();
    expect(generation.members.map(({ kind }) => kind)).toEqual(files.map(({ kind }) => kind));
  });

  it('can be entered and read by their owner alone', () => {
    const place = ready();
    keepGeneration(place.stateDir, RUN, replaced(place), FACTS);
    const home = join(place.stateDir, 'generations');
    expect(statSync(home).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(home, { recursive: true, encoding: 'utf8' })) {
      const stats = statSync(join(home, name));
      expect([name, stats.mode & 0o777]).toEqual([name, stats.isDirectory() ? 0o700 : 0o600]);
    }
  });

  it('are listed newest first in the order of creation, whatever the clock said, and the oldest are removed', () => {
    const place = ready();
    const runs = [7, 3, 9, 1, 5].map(runNumber);
    for (const run of runs) keepGeneration(place.stateDir, run, replaced(place), FACTS, { keep: 3 });
    expect(listGenerations(place.stateDir).map(({ run }) => run)).toEqual(runs.reverse().slice(0, 3));
    expect(readdirSync(join(place.stateDir, 'generations'))).toHaveLength(3);
  });

  it('that were damaged are refused, with a list of the others', () => {
    const place = ready();
    for (const run of [RUN, LATER_RUN]) keepGeneration(place.stateDir, run, replaced(place), FACTS);
    const path = join(place.stateDir, 'generations', RUN, 'index.sqlite3');
    const bytes = readFileSync(path);
    bytes[5000] = (bytes[5000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(() => readGeneration(place.stateDir, RUN)).toThrow(
      expect.objectContaining({ code: 'no-generation', hint: `Choose one of: ${LATER_RUN}, ${RUN}.` }),
    );
  });

  it('that do not exist are refused, with or without others', () => {
    const place = ready();
    expect(() => readGeneration(place.stateDir)).toThrow(expect.objectContaining({ code: 'no-generation' }));
    keepGeneration(place.stateDir, RUN, replaced(place), FACTS);
    for (const name of [LATER_RUN, '../..', '']) {
      expect(() => readGeneration(place.stateDir, name)).toThrow(
        expect.objectContaining({ code: 'no-generation', hint: `Choose one of: ${RUN}.` }),
      );
    }
  });
});

describe('the recovery after a killed run', () => {
  it('removes the unfinished files of other runs, and nothing else', () => {
    const place = ready();
    keepGeneration(place.stateDir, RUN, replaced(place), FACTS);
    const half = join(place.stateDir, 'generations', runNumber(1));
    mkdirSync(half);
    writeFileSync(join(half, 'index.sqlite3'), 'half');
    const staged = join(place.dbDir, `.htpasswd.${RUN}.staged`);
    const own = join(place.dbDir, `.htpasswd.${LATER_RUN}.staged`);
    const strangers = [
      '.htpasswd.staged',
      `htpasswd.${RUN}.staged`,
      '.htpasswd.other-run.staged',
      'htpasswd',
    ];
    mkdirSync(join(place.dbDir, `.directory.${RUN}.staged`));
    for (const path of [staged, own, ...strangers.map((name) => join(place.dbDir, name))])
      writeFileSync(path, 'x');
    expect(incompleteGenerations(place.stateDir)).toEqual([runNumber(1)]);
    const options = {
      stateDir: place.stateDir,
      directories: [place.dbDir, join(place.appRoot, 'tmp')],
      run: LATER_RUN,
    };
    expect(recover(options)).toEqual([staged, half]);
    expect(recover(options)).toEqual([]);
    expect(readdirSync(place.dbDir).sort()).toEqual(
      ['.update_config', `.directory.${RUN}.staged`, ...strangers, `.htpasswd.${LATER_RUN}.staged`].sort(),
    );
    expect(listGenerations(place.stateDir)).toHaveLength(1);
  });

  it('treats a generation as incomplete if it has another name, or a file elsewhere, and passes over what is none', () => {
    const place = ready();
    const home = join(place.stateDir, 'generations');
    for (const run of [RUN, runNumber(2), runNumber(3)])
      keepGeneration(place.stateDir, run, replaced(place), FACTS);
    renameSync(join(home, runNumber(2)), join(home, runNumber(1)));
    const manifest = join(home, runNumber(3), 'manifest.json');
    const elsewhere = `"name": "../${RUN}/index.sqlite3"`;
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"name": "index.sqlite3"', elsewhere));
    writeFileSync(join(home, runNumber(4)), 'a file');
    expect(listGenerations(place.stateDir).map(({ run }) => run)).toEqual([RUN]);
    expect(incompleteGenerations(place.stateDir).sort()).toEqual([runNumber(1), runNumber(3)]);
  });

  it('treats a generation as incomplete if its manifest is cut short, or a file is missing', () => {
    const place = ready();
    for (const run of [RUN, LATER_RUN, runNumber(1)])
      keepGeneration(place.stateDir, run, replaced(place), FACTS);
    const home = join(place.stateDir, 'generations');
    const manifest = join(home, RUN, 'manifest.json');
    writeFileSync(manifest, readFileSync(manifest).subarray(0, 50));
    rmSync(join(home, LATER_RUN, 'index.sqlite3'));
    expect(incompleteGenerations(place.stateDir).sort()).toEqual([RUN, LATER_RUN].sort());
    recover({ stateDir: place.stateDir, directories: [], run: runNumber(2) });
    expect(readdirSync(home)).toEqual([runNumber(1)]);
  });
});
