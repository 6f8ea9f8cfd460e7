import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PlannedFile } from '../../../src/generate/types.ts';

export const RUN = '20260102T030405678Z-1f2e3d';
export const LATER_RUN = '20260102T030406678Z-0a0b0c';

/** A machine's directories, removed when the test is over. */
export interface Place {
  readonly home: string;
  readonly dbDir: string;
  readonly appRoot: string;
  readonly stateDir: string;
  readonly index: string;
  readonly navigator: string;
}

export function makePlace(): Place {
  const home = mkdtempSync(join(tmpdir(), 'install-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return placeIn(home);
}

/** The same, in a directory that is there already. */
export function placeIn(home: string): Place {
  const dbDir = join(home, 'db');
  const appRoot = join(home, 'app');
  const stateDir = join(dbDir, '.update_config');
  for (const path of [dbDir, appRoot]) mkdirSync(path, { recursive: true });
  return {
    home,
    dbDir,
    appRoot,
    stateDir,
    index: join(dbDir, 'index.sqlite3'),
    navigator: join(appRoot, 'config', 'navigator.yml'),
  };
}

/** The files of an update, all of which carry its version. Kinds and places are those of a real one. */
export function plan(place: Place, version: number | string): PlannedFile[] {
  const text = (kind: string) => `${kind} of version ${version}\n`.repeat(200);
  return [
    { kind: 'htpasswd', path: join(place.dbDir, 'htpasswd'), content: text('htpasswd'), mode: 0o640 },
    { kind: 'map', path: join(place.dbDir, 'map.yml'), content: text('map'), mode: 0o644 },
    {
      kind: 'tenants',
      path: join(place.appRoot, 'tmp', 'tenants.list'),
      content: text('tenants'),
      mode: 0o644,
    },
    { kind: 'navigator', path: place.navigator, content: text('navigator'), mode: 0o644 },
  ];
}

/** Names of all files below a directory that were staged and not put in place. */
export function leftovers(home: string): string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.staged'));
}
