import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedFile } from '../../../src/generate/planned-file.ts';

/** A machine's directories. */
export interface Place {
  readonly home: string;
  readonly dbDir: string;
  readonly appRoot: string;
  readonly stateDir: string;
  readonly index: string;
  readonly navigator: string;
}

/** A machine in a directory that is there already. */
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
