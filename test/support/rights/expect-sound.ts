import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { generate } from '../../../src/generate/generate.ts';
import { readIndex } from '../../../src/index/read-index.ts';
import { siteFrom } from '../../../src/site/read-site.ts';
import { KEYS } from '../store/embedded.ts';
import { AS_APPLICATION } from './attackers.ts';
import { OWN_SECRETS, TOKEN, VAULT_SECRET } from './secrets.ts';
import type { SharedMachine } from './shared-machine.ts';
import type { Vault } from './vault.ts';

/** What is the application's in a directory of root's, in production and here. */
const GIVEN = ['rails/tmp', 'rails/log', 'rails/storage', 'rails/db', 'data'];

/**
 * What must hold whatever the application did: nothing outside was touched, nothing of root's can be read, no file of the
 * application's stands in a directory of root's.
 *
 * @param given directories below home, beside the usual ones, that a test gave to the application
 */
export function expectUntouched(machine: SharedMachine, vault: Vault, given: readonly string[] = []): void {
  expect(vault.changes()).toEqual([]);
  expect(leaks(machine)).toEqual([]);
  expect(strangers(machine).filter((name) => ![...GIVEN, ...given].includes(name))).toEqual([]);
}

/** Files that the application can read and that hold a secret. */
function leaks(machine: SharedMachine): string[] {
  const secrets = [VAULT_SECRET, TOKEN, KEYS.secretAccessKey, ...Object.values(OWN_SECRETS)];
  const grep = ['grep', '-rlsF', '-D', 'skip', ...secrets.flatMap((secret) => ['-e', secret]), machine.home];
  const { stdout, status } = spawnSync('setpriv', [...AS_APPLICATION, ...grep], { encoding: 'utf8' });
  // 2 says that some could not be read.
  if (status === null) throw new Error('grep did not run');
  return stdout.split('\n').slice(0, -1);
}

/** What is the application's in directories of root's, by its path below home. */
function strangers(machine: SharedMachine, below = ''): string[] {
  const directory = join(machine.home, below);
  if (lstatSync(directory).uid !== 0) return [];
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const name = join(below, entry.name);
    const own = lstatSync(join(machine.home, name)).uid === 0 ? [] : [name];
    return entry.isDirectory() ? [...own, ...strangers(machine, name)] : own;
  });
}

/** What is root's in directories of the application's, by its path below home. */
export function rootsAmong(machine: SharedMachine): string[] {
  return GIVEN.flatMap((top) => {
    const names = readdirSync(join(machine.home, top), { recursive: true, encoding: 'utf8' });
    return names
      .map((name) => join(top, name))
      .filter((name) => lstatSync(join(machine.home, name)).uid === 0);
  });
}

/** The files that a clean machine has with that index are those that stand here; navigator.yml is root's. */
export function expectInstalled(machine: SharedMachine, image: Buffer): void {
  const host = { defaultAppRoot: '/', hostname: hostname(), totalMemoryBytes: totalmem() };
  const db = openImage(image);
  const planned = generate(readIndex(db).index, siteFrom(machine.env, host, null));
  db.close();
  for (const { path, content } of planned) expect(readFileSync(path, 'utf8'), path).toBe(content);
  const { uid, gid, mode } = lstatSync(machine.path('navigator.yml'));
  expect([uid, gid, mode & 0o7777]).toEqual([0, 0, 0o644]);
}
