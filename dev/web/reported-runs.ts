/** The demo's dashboard: its own showcase-web, which the demo's runs of config-update tell of themselves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { derivedKey, writtenKey } from '../../src/callbacks/callback-signatures.ts';
import { encryptConfig, newDeployKey } from '../../src/callbacks/deploy-cipher.ts';
import { openDatabase } from '../../src/database/sqlite.ts';
import type { ReceivedRun } from '../../src/runs/deploys/deploy-model.ts';
import type { DeployStanding } from '../../src/runs/deploys/deploy-standing.ts';
import { runProgram } from './child.ts';
import type { WebRig } from './rig.ts';

const WRONG_NAME = 'Spring Gaga 2027';

/** What the demo's runs are to look like in the list of deploys, newest first. */
export const REPORTED_RUNS: readonly (readonly [
  operation: ReceivedRun['operation'],
  standing: DeployStanding,
])[] = [
  ['delete', 'completed'],
  ['deploy', 'failed'],
  ['deploy', 'completed'],
];

/**
 * From now on each run of config-update tells the server of itself, through the stand-in, as those of a site do.
 *
 * @returns the deploy key
 */
export async function connectDashboard(rig: WebRig): Promise<string> {
  const appRoot = rig.env['APP_ROOT'] ?? '';
  const key = newDeployKey();
  const keyFile = join(appRoot, 'deploy.key');
  writeFileSync(keyFile, `${key}\n`, { mode: 0o600 });
  writeFileSync(
    join(appRoot, 'deploy.enc'),
    encryptConfig(`callback_url: ${rig.standIn.url}/api/deploys\n`, key),
  );
  const given = join(rig.home, 'dashboard.key');
  writeFileSync(given, `${writtenKey(derivedKey(key))}\n`, { mode: 0o600 });
  await runProgram([join(appRoot, 'scripts/showcase-web'), 'keys', 'add', '--file', given], rig.env);
  return key;
}

/** Publishes an event with a wrong name, where one machine refuses, and takes that back. */
export async function failAndUndo(rig: WebRig): Promise<void> {
  const db = openDatabase(rig.indexPath);
  try {
    db.prepare('UPDATE showcases SET name = ? WHERE id = (SELECT min(id) FROM showcases)').run(WRONG_NAME);
  } finally {
    db.close();
  }
  await rig.setFaults('refuse=1');
  try {
    await rig.configUpdate('--timeout', '10').then(
      () => Promise.reject(new Error('a machine was to refuse its update, and did not')),
      (error: Error) => {
        if (!error.message.includes(' ended with 1: ')) throw error;
      },
    );
  } finally {
    await rig.setFaults('');
  }
  await rig.configUpdate('--undo');
}
