import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writtenKey } from '../../callbacks/callback-signatures.ts';
import { decryptConfig, encryptConfig, newDeployKey } from '../../callbacks/deploy-cipher.ts';
import { dashboardOf, readDeployConfig } from '../../callbacks/deploy-config.ts';
import { withCallbackUrl } from '../../callbacks/deploy-document.ts';
import { findDeployKey, readDeployFile } from '../../callbacks/deploy-key.ts';
import { Failure } from '../../failure.ts';
import { deployFiles, findDeployFile } from '../deploy-file.ts';
import type { World } from '../machine/machine-context.ts';
import type { Answers } from './onboard-answers.ts';

/** deploy.enc and its key, as they stand. */
export interface DeployFiles {
  /** Of deploy.enc, also where there is none yet. */
  readonly path: string;
  readonly isThere: boolean;
  /** The decrypted text; empty where there is none. Secret. */
  readonly text: string;
  /** Null where there is none. Secret. */
  readonly key: string | null;
  /** Where the key is; null for none. */
  readonly keyFrom: string | null;
  /** `callback_url`, as it is written; null for none. */
  readonly url: string | null;
  /** Why deploy.enc cannot be changed; null if it can. */
  readonly problem: string | null;
}

/** Looks for deploy.enc and its key where config-update does. */
export function findDeployFiles({ env, defaultAppRoot }: World): DeployFiles {
  const appRoot = env['APP_ROOT'] || defaultAppRoot;
  const found = findDeployFile(appRoot);
  const [usual = ''] = deployFiles(appRoot);
  // Wherever a link leads: that is the file that is changed.
  const path = found === null ? usual : realpathSync(found);
  const nothing = { path, isThere: found !== null, text: '', key: null, keyFrom: null, url: null };
  try {
    const key = findDeployKey({ given: null, env, deployFile: path, appRoot });
    const known = { ...nothing, key: key?.text ?? null, keyFrom: key?.from ?? null, problem: null };
    if (found === null) return known;
    if (key === null) throw withoutKey(path);
    const text = decryptConfig(readDeployFile(path), key.text);
    return { ...known, text, url: readDeployConfig(text).callbackUrl };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...nothing, problem: error.message };
  }
}

function withoutKey(path: string): Failure {
  return new Failure('config-invalid', `there is no key for ${path}`, {
    hint: 'Give it by DEPLOY_KEY, or in the file deploy.key beside it.',
  });
}

/** What is to become of them. */
export interface DeployChange {
  /** The bytes of deploy.enc. */
  readonly bytes: Buffer;
  /** The text of deploy.key; null where there is a key already. */
  readonly newKey: string | null;
  /** Where a new key goes. */
  readonly keyPath: string;
  /** `whsec_...`, what a dashboard checks signatures with; empty where nothing is streamed. Secret. */
  readonly dashboardKeys: readonly string[];
}

/**
 * What an answer makes of them; null where it changes nothing.
 *
 * @throws {Failure} `config-invalid`
 */
export function changeOfDeployFiles(files: DeployFiles, { dashboard }: Answers): DeployChange | null {
  if (dashboard.kind !== 'stream' && dashboard.kind !== 'stop') return null;
  const url = dashboard.kind === 'stream' ? dashboard.url : null;
  if (files.problem !== null) {
    throw new Failure('config-invalid', `${files.path} cannot be changed: ${files.problem}`, {
      hint: 'Give the key that it was encrypted with, by DEPLOY_KEY or in the file deploy.key beside it.',
    });
  }
  if (url === files.url) return null;
  const text = withCallbackUrl(files.text, url);
  const key = files.key ?? newDeployKey();
  const config = readDeployConfig(text);
  return {
    bytes: encryptConfig(text, key),
    newKey: files.key === null ? key : null,
    keyPath: join(dirname(files.path), 'deploy.key'),
    dashboardKeys: dashboardOf(config, key)?.webhookKeys.map(writtenKey) ?? [],
  };
}
