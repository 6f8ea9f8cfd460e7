/**
 * `npm run pages`: the site that visitors see, served on this machine as Navigator serves it, from an index that may change:
 * then the pages are made again.
 */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openInstalled, readImage } from '../../src/database/image.ts';
import { readValidIndex } from '../../src/index/read-index.ts';
import { makeDirectories, makePlace, ownEnvironment, removePlace } from '../demo/place.ts';
import { seconds } from '../demo/teller.ts';
import { PlayedMachine } from '../navigator/played-machine.ts';
import { readFreePort, runTool, WrongOption } from '../options.mjs';
import { makeSampleIndex, SAMPLE_ADMINISTRATOR } from '../sample/sample.ts';

const USAGE = `Usage: npm run pages -- [options]

Serves the pages of the sample index until Ctrl-C ends it, and makes them again when the index changes.

  --index FILE   the pages of this index, a database such as db/index.sqlite3
  --root PATH    where they stand: /showcase as on Fly (the default), or / as on the one server
  --port N       the port (default: a free one)
`;

/** What makes a machine that has every event, by the path that its pages stand under. */
const MACHINES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/showcase': {},
  '/': { KAMAL_CONTAINER_NAME: 'pages' },
};
/** Milliseconds between two looks at the index. */
const LOOK_MS = 500;
const LARGEST_BYTES = 64 * 1024 * 1024;

const OPTIONS = {
  index: { type: 'string' },
  root: { type: 'string', default: '/showcase' },
  port: { type: 'string', default: '0' },
} as const;

await runTool(USAGE, OPTIONS, async ({ index, root, port }) => {
  const kind = MACHINES[root];
  if (!kind) throw new WrongOption(`--root takes ${Object.keys(MACHINES).join(' or ')}, not ${root}`);
  const number = await readFreePort(port);
  const source = index === undefined ? null : resolve(index);
  const image = source === null ? makeSampleIndex() : readSource(source);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const place = makePlace('pages');
  const { appRoot, dbDir } = makeDirectories(place.path);
  const env = { ...ownEnvironment(place), ...kind, APP_ROOT: appRoot, RAILS_DB_VOLUME: dbDir };
  const machine = await PlayedMachine.start({
    ...{ appRoot, env, region: 'here', id: 'pages', port: number },
    readyArguments: ['--only', 'pages'],
  });
  try {
    const base = `${machine.origin}${root.replace(/\/$/, '')}`;
    const make = (bytes: Buffer) =>
      makePages(machine, base, { image: bytes, path: join(dbDir, 'index.sqlite3') });
    const made = await make(image);
    const { userid, password } = SAMPLE_ADMINISTRATOR;
    console.log(`${made}. Open ${base}/studios/`);
    if (source === null) console.log(`What asks for a login lets in ${userid}, password ${password}.`);
    console.log('Ctrl-C ends it.');
    if (source === null) await untilAborted(stop.signal);
    else await watch(source, stop.signal, make);
  } catch (error) {
    // What is interrupted while pages are made fails, as it should.
    if (!stop.signal.aborted) throw error;
  } finally {
    await machine.close();
    removePlace(place.path);
  }
});

/** @throws {WrongOption} if it cannot be used */
function readSource(path: string): Buffer {
  try {
    if (!existsSync(path)) throw new Error('there is no such file');
    return readLive(path);
  } catch (error) {
    throw new WrongOption(`--index ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A consistent image, also while others write. @throws {Failure} for what is not an index */
function readLive(path: string): Buffer {
  const subject = { name: 'the index', invalid: 'index-invalid', hint: '' } as const;
  const db = openInstalled(path, { subject, maxBytes: LARGEST_BYTES });
  if (!db) throw new Error('there is no such file');
  try {
    const image = readImage(db, subject, LARGEST_BYTES);
    readValidIndex(image);
    return image;
  } finally {
    db.close();
  }
}

/** Installs an index and renders what follows from it; returns what was done, in words. */
async function makePages(
  machine: PlayedMachine,
  base: string,
  { image, path }: { readonly image: Buffer; readonly path: string },
): Promise<string> {
  const began = performance.now();
  writeFileSync(path, image);
  const answer = await fetch(`${base}/update_config`, { method: 'POST' });
  const said = await answer.text();
  if (!answer.ok) throw new Error(`update_config: ${said}`);
  const { output, exitCode } = await machine.hook();
  if (exitCode !== 0) throw new Error(`scripts/ready: ${output}`);
  const [, counts = 'nothing to do'] = /Summary: done, (.*), [^,]*$/m.exec(output) ?? [];
  return `${counts} in ${seconds(performance.now() - began)}`;
}

/** Makes the pages again whenever the index has changed, until it is told to stop. */
async function watch(
  source: string,
  signal: AbortSignal,
  make: (image: Buffer) => Promise<string>,
): Promise<void> {
  let seen = stampOf(source);
  while (!signal.aborted) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => {});
    const now = stampOf(source);
    if (now === seen) continue;
    seen = now;
    try {
      console.log(`The index has changed: ${await make(readLive(source))}`);
    } catch (error) {
      console.log(
        `The index has changed, and cannot be used: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}

/** Changes whenever somebody has written to a database: to its file, or to the log beside it. */
function stampOf(path: string): string {
  return [path, `${path}-wal`]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((stats) => (stats ? `${stats.ino} ${stats.mtimeMs} ${stats.size}` : 'none'))
    .join(' ');
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done());
  });
}
