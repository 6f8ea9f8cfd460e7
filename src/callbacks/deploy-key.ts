import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { codeOf } from '../files/disk.ts';
import { type Found, readRegularFile } from '../files/regular-file.ts';
import { inDirectory } from '../rights/rights.ts';
import { isDeployKey } from './callback-signatures.ts';
import { LONGEST_DEPLOY_FILE } from './deploy-cipher.ts';

/** Bytes. It holds one key. */
const LONGEST_KEY_FILE = 4096;
/** Bits with which others than its owner could read it. */
const OPEN_TO_OTHERS = 0o077;

/** Variables that hold a deploy key, the first one counts; an empty one does not. `NVOI_MASTER_KEY` is the gem's. */
const KEY_VARIABLES = ['DEPLOY_KEY', 'NVOI_MASTER_KEY'] as const;

/** Where a deploy key is looked for. */
export interface KeyPlaces {
  /** A file that was named; null for none. */
  readonly given: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of the deploy.enc that it is for. */
  readonly deployFile: string;
  readonly appRoot: string;
}

export interface DeployKey {
  /** 64 hexadecimal digits, as they are written. Secret. */
  readonly text: string;
  /** Name of its variable, or path of its file. */
  readonly from: string;
  /** What the operator should know of it; null for nothing. */
  readonly caution: string | null;
}

/**
 * Finds the deploy key: in the file that was named, in a variable, beside deploy.enc, in the application's directory, in its
 * `config`; the first one counts.
 *
 * @returns null where there is none
 * @throws {Failure} `config-invalid`: what counts is not a key; never with any of it
 */
export function findDeployKey(places: KeyPlaces): DeployKey | null {
  if (places.given !== null) {
    const found = keyInFile(places.given);
    if (found) return found;
    throw unusable(`${places.given} is not there`);
  }
  const name = KEY_VARIABLES.find((one) => places.env[one]?.trim());
  if (name !== undefined) return { text: keyIn(places.env[name] ?? '', name), from: name, caution: null };
  for (const path of keyFiles(places)) {
    const found = keyInFile(path);
    if (found) return found;
  }
  return null;
}

/** Where a file with the key may be, if neither an option nor a variable says so; the first one counts. */
function keyFiles({ deployFile, appRoot }: Pick<KeyPlaces, 'deployFile' | 'appRoot'>): string[] {
  const directories = [dirname(deployFile), appRoot, join(appRoot, 'config')];
  return [...new Set(directories.map((directory) => join(directory, 'deploy.key')))];
}

/**
 * The bytes of a deploy.enc.
 *
 * @throws {Failure} `config-invalid`
 */
export function readDeployFile(path: string): Buffer {
  const found = readFile(path, LONGEST_DEPLOY_FILE);
  if (found.kind === 'file') return found.bytes;
  throw unusable(found.kind === 'missing' ? `${path} is not there` : notAFile(path, found));
}

function keyInFile(path: string): DeployKey | null {
  const found = readFile(path, LONGEST_KEY_FILE);
  if (found.kind === 'missing') return null;
  if (found.kind !== 'file') throw unusable(notAFile(path, found));
  const isOpen = (found.stats.mode & OPEN_TO_OTHERS) !== 0;
  return {
    text: keyIn(found.bytes.toString('latin1'), path),
    from: path,
    caution: isOpen ? `others than its owner can read ${path}: chmod 600 ${path}` : null,
  };
}

function keyIn(text: string, from: string): string {
  const key = text.trim();
  if (isDeployKey(key)) return key;
  throw unusable(`${from} does not hold a deploy key, which has 64 hexadecimal digits`);
}

function notAFile(path: string, found: Found): string {
  return found.kind === 'too-large' ? `${path} has ${found.size} bytes, too many` : `${path} is not a file`;
}

/** Wherever a link leads: secrets are mounted as links. */
function readFile(path: string, longest: number): Found {
  try {
    return inDirectory(dirname(path), () => readRegularFile(realpathSync(path), longest));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    if (error instanceof Failure || code === '') throw error;
    throw unusable(`${path} cannot be read (${code})`);
  }
}

function unusable(message: string): Failure {
  return new Failure('config-invalid', message, {
    hint: 'Give deploy.enc and its deploy key, by DEPLOY_KEY or in the file deploy.key, or leave both out.',
  });
}
