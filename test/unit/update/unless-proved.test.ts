import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { pageSizeOf } from '../../../src/database/header.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { readRemembered } from '../../../src/journal/remembered.ts';
import { pushedIndex } from '../../../src/update/pushed.ts';
import { happening } from '../../support/update/happenings.ts';
import { Place } from '../../support/update/place.ts';

// Some 300 updates, each of which flushes what it changes.
vi.setConfig({ testTimeout: 180_000 });

const places: Place[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const { machine } of places.splice(0)) machine.remove();
});

function newPlace(): Place {
  const place = new Place();
  places.push(place);
  return place;
}

describe('a run that changes nothing', () => {
  it('uses the proof of the last run, and reports the same as that one', async () => {
    const place = newPlace();
    expect((await place.update()).result.outcome).toBe('updated');
    const whole = (await place.update()).result;
    place.mark();
    const { result, isFromJournal } = await place.update();
    expect(isFromJournal).toBe(true);
    const { run: _, steps, ...said } = result;
    expect({ ...said, steps: steps.map(({ name }) => name) }).toEqual({
      ...(({ run: __, ...rest }) => rest)(whole),
      steps: whole.steps.map(({ name }) => name),
    });
    expect(said).toMatchObject({ outcome: 'unchanged', warningCount: 1, reload: false });
  });

  it('does all steps if it is forced, and if a reload is owed', async () => {
    const place = newPlace();
    await place.update();
    place.mark();
    expect(await place.update(true)).toMatchObject({ isFromJournal: false, result: { outcome: 'updated' } });
    place.mark();
    place.inJournal("INSERT INTO meta (key, value) VALUES ('pending_reload', 'x')");
    expect(await place.update()).toMatchObject({ isFromJournal: false, result: { outcome: 'updated' } });
    place.mark();
    const boot = { mustServe: true, reload: true };
    expect(await place.update(false, null, boot)).toMatchObject({
      result: { outcome: 'updated', reload: true },
    });
  });

  it('does all steps under another build of the program', async () => {
    const place = newPlace();
    await place.update();
    place.mark();
    place.build = 'two';
    expect(await place.update()).toMatchObject({ isFromJournal: false, result: { outcome: 'unchanged' } });
    place.mark();
    expect(await place.update()).toMatchObject({ isFromJournal: true, result: { outcome: 'unchanged' } });
  });

  it('takes the whole way under a Node that has other names of months', async () => {
    const place = newPlace();
    await place.update();
    place.mark();
    const { versions } = process;
    onTestFinished(() => void Object.defineProperty(process, 'versions', { value: versions }));
    Object.defineProperty(process, 'versions', { value: { ...versions, cldr: '1.0' } });
    expect(await place.update()).toMatchObject({ isFromJournal: false, result: { outcome: 'unchanged' } });
  });

  it('takes the whole way for a header by which SQLite counts pages in another way', async () => {
    const place = newPlace();
    const path = place.machine.path('index.sqlite3');
    const image = readFileSync(path);
    const longer = Buffer.concat([image, Buffer.alloc(pageSizeOf(image))]);
    // Whoever wrote last did not know of the page count: so the page at the end counts, and nothing uses it.
    const uncounted = Buffer.from(longer);
    uncounted.writeUInt8((uncounted[27] ?? 0) ^ 1, 27);
    writeFileSync(path, uncounted);
    const pushed = await place.update(false, pushedIndex(longer, new Date()));
    expect(pushed.result.outcome).toBe('updated');
    expect((await place.update()).result.outcome).toBe('failed');
  });

  it('takes the whole way for an index that SQLite would not open, though all that its digest covers is right', async () => {
    const place = newPlace();
    await place.update();
    const newer = readFileSync(place.machine.path('index.sqlite3'));
    newer.fill(3, 18, 20);
    const { result } = await place.update(false, pushedIndex(newer, new Date()));
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'index-invalid' } });
  });

  it('remembers by which name its index has come, if it had come by another', async () => {
    const place = newPlace();
    await place.update();
    place.mark();
    const pushed = pushedIndex(readFileSync(place.machine.path('index.sqlite3')), new Date());
    expect(await place.update(false, pushed)).toMatchObject({ isFromJournal: true });
    const { installed } = await readRemembered(place.machine.dbDir, 0);
    expect(installed).toMatchObject({ source: 'push', etag: pushed.object.etag });
  });

  it.each(['[{}]', '[{"table":"users","id":1,"row":"user anna","reason":null}]'])(
    'takes the whole way if the journal has the warnings %s',
    async (warnings) => {
      const place = newPlace();
      await place.update();
      const whole = (await place.update()).result.warnings;
      place.mark();
      place.inJournal(
        `UPDATE meta SET value = json_set(value, '$.warnings', json('${warnings}')) WHERE key = 'proved'`,
      );
      expect(await place.update()).toMatchObject({ isFromJournal: false, result: { warnings: whole } });
    },
  );

  it('does all steps if a file cannot be read, and then says why', async () => {
    const place = newPlace();
    await place.update();
    place.mark();
    rmSync(place.machine.path('map.yml'));
    mkdirSync(place.machine.path('map.yml'));
    const { result } = await place.update();
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'disk' } });
  });

  it('is not proved by a program that is run from its sources', async () => {
    const place = newPlace();
    place.build = null;
    await place.update();
    expect((await place.update()).result.outcome).toBe('unchanged');
    const db = openDatabase(`${place.machine.dbDir}/.update_config/journal.db`);
    expect(db.prepare("SELECT 1 FROM meta WHERE key = 'proved'").all()).toEqual([]);
    db.close();
  });

  it('misses no change of its inputs, its outputs, the clock or the build', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-06-01T00:00:00Z') });
    let proved = 0;
    const everything = fc.array(fc.array(happening, { minLength: 1, maxLength: 2 }), {
      minLength: 2,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(everything, async (rounds) => {
        const place = newPlace();
        await place.update();
        for (const happenings of rounds) {
          if (place.build !== null) place.mark();
          for (const [, happen] of happenings) attempt(() => happen(place));
          const { files, warnings } = place.planned();
          const differs = files
            .filter(({ path, content }) => contentOf(path) !== content)
            .map(({ kind }) => kind);
          const { result, isFromJournal } = await place.update();
          expect(result.outcome).toBe(differs.length > 0 ? 'updated' : 'unchanged');
          expect(result.files.filter(({ changed }) => changed).map(({ kind }) => kind)).toEqual(differs);
          expect(result.files.slice(1).map(({ size }) => size)).toEqual(
            files.map(({ content }) => Buffer.byteLength(content)),
          );
          expect(result.warnings).toEqual(warnings);
          expect(files.map(({ path }) => contentOf(path))).toEqual(files.map(({ content }) => content));
          if (isFromJournal) proved += 1;
          if (happenings.every(([what]) => what === 'nothing') && place.build !== null)
            expect(isFromJournal).toBe(true);
        }
        place.machine.remove();
      }),
      { numRuns: 30 },
    );
    expect(proved).toBeGreaterThan(10);
  });
});

/** What has happened before may leave nothing for this to happen to. */
function attempt(happen: () => void): void {
  try {
    happen();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Null for what is not a regular file. */
function contentOf(path: string): string | null {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : null;
}
