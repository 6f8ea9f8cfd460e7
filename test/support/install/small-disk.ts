/*
 * Tries updates on a file system that is too small, or read-only. Run it as root of a mount namespace of its own, on a
 * small file system mounted at <mount>: node small-disk.ts <mount> <wal|delete|read-only>. Prints one JSON line a try.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { Failure } from '../../../src/failure.ts';
import { makeLive, provenVersion, versionImage } from './images.ts';
import { installVersion } from './install-version.ts';
import { type Place, placeIn, plan } from './place-in.ts';

export interface Tried {
  /** Bytes that were free when it was tried. */
  readonly free: number;
  readonly code: string | null;
  readonly message: string;
  readonly hint: string;
  /** Of the index and the files. */
  readonly versions: readonly number[];
  readonly staged: readonly string[];
}

const [mount = '', scenario = ''] = process.argv.slice(2);
const ballast = `${mount}/ballast`;
const OLD = versionImage(1, { rows: 100 });
const NEW = versionImage(2, { rows: 300 });
let runs = 0;

function nextRun(): string {
  runs += 1;
  return `20260102T030405678Z-${runs.toString(16).padStart(6, '0')}`;
}

function versionsOn(place: Place): number[] {
  const texts = plan(place, 0).map(({ path }) => (existsSync(path) ? readFileSync(path, 'utf8') : ''));
  return [provenVersion(place.index), ...texts.map((text) => Number(/version (\d+)/.exec(text)?.[1] ?? 0))];
}

function staged(): string[] {
  return execFileSync('find', [mount, '-name', '*.staged'], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

/** A database with a write-ahead log cannot even be read on a full disk, so room is made before the look. */
async function attempt(place: Place, free: number): Promise<Tried> {
  const [code, message, hint] = await installVersion(place, 2, NEW, nextRun()).then(
    () => [null, '', ''] as const,
    (error) =>
      [error instanceof Failure ? error.code : 'not a Failure', String(error), error.hint as string] as const,
  );
  if (scenario !== 'read-only') rmSync(ballast, { force: true });
  return { free, code, message, hint, versions: versionsOn(place), staged: staged() };
}

/** Leaves so many bytes free. */
function fill(free: number): void {
  rmSync(ballast, { force: true });
  const { bavail, bsize } = statfsSync(mount);
  writeFileSync(ballast, Buffer.alloc(Math.max(bavail * bsize - free, 0)));
}

async function prepare(mode: 'wal' | 'delete', name: string): Promise<Place> {
  const place = placeIn(`${mount}/${name}`);
  makeLive(place.index, OLD, mode);
  await installVersion(place, 1, OLD, nextRun());
  return place;
}

function say(tried: Tried): void {
  process.stdout.write(`${JSON.stringify(tried)}\n`);
}

if (scenario === 'read-only') {
  const place = await prepare('delete', 'home');
  execFileSync('mount', ['-o', 'remount,ro', mount]);
  say(await attempt(place, 0));
} else {
  for (let free = 0, done = false; !done; free += 16_384) {
    const place = await prepare(scenario as 'wal' | 'delete', `home-${free}`);
    fill(free);
    const tried = await attempt(place, free);
    say(tried);
    done = tried.code === null;
    say(await attempt(place, Number.POSITIVE_INFINITY));
    rmSync(place.home, { recursive: true });
  }
}
