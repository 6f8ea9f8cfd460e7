/**
 * `npm run recording`: what config-update shows on a terminal while it updates eight machines, as the animated picture
 * that the documents have. All of it is real: the terminal, the built executables, the object store.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { DemoBucket } from '../demo/bucket.ts';
import { MACHINES, startFleet } from '../demo/fleet.ts';
import { makeDirectories, ownEnvironment, ROOT } from '../demo/place.ts';
import { runTool } from '../options.mjs';
import { changeSample, makeSampleIndex } from '../sample/sample.ts';
import { type Frame, recordTerminal } from './terminal-frames.ts';
import { renderRecording } from './terminal-picture.ts';

const USAGE = `Usage: npm run recording -- [options]

Draws docs/pictures/live-list.svg anew: config-update on a terminal, over eight machines.

  --out FILE   writes another file
`;

const SIZE = { columns: 112, rows: 20 } as const;
const TITLE =
  'scripts/config-update on a terminal: it publishes the index, shows eight machines live until each has it, and ends with a table of them';

await runTool(
  USAGE,
  { out: { type: 'string', default: join(ROOT, 'docs/pictures/live-list.svg') } },
  async ({ out }) => {
    const frames = await recordUpdate();
    writeFileSync(out, renderRecording(frames, TITLE, SIZE));
    console.log(`${relative(process.cwd(), resolve(out))}: ${frames.length} frames`);
  },
);

/** The second update of a fleet: each machine has an index, and gets a changed one. */
async function recordUpdate(): Promise<Frame[]> {
  const home = mkdtempSync(join(tmpdir(), 'recording-'));
  const undo: (() => Promise<unknown>)[] = [async () => rmSync(home, { recursive: true, force: true })];
  try {
    const bucket = await DemoBucket.start(home);
    undo.push(() => bucket.close());
    const env = { ...ownEnvironment({ path: home }), ...bucket.variables };
    const fleet = await startFleet(MACHINES, join(home, 'machines'), env);
    undo.push(() => fleet.close());
    const { appRoot, dbDir } = makeDirectories(join(home, 'admin'));
    const admin = { ...env, ...fleet.variables, APP_ROOT: appRoot, RAILS_DB_VOLUME: dbDir, FLEET_BY: 'anna' };
    const index = makeSampleIndex();
    writeFileSync(join(dbDir, 'index.sqlite3'), index);
    await recordTerminal(join(appRoot, 'scripts/config-update'), admin, SIZE);
    writeFileSync(join(dbDir, 'index.sqlite3'), changeSample(index).index);
    // As an operator types it, in the application's directory.
    const typed = `printf '$ scripts/config-update\\n'; cd ${appRoot}; exec scripts/config-update`;
    return await recordTerminal(typed, admin, SIZE);
  } finally {
    for (const one of undo.reverse()) await one();
  }
}
