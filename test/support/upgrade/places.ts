import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Answered } from '../machine/machine.ts';
import { type EmptyRoot, INSIDE } from '../system/empty-root.ts';

/** What an earlier release has left, as a README there tells. */
export const FIXTURE = resolve(import.meta.dirname, '../../fixtures/earlier-release');
/** In the archive: what the store had, as a list of keys, metadata and bytes. */
export const STORED = '/stored.json';

/** An installation: its directories, and the variables that say what it is. */
export interface Place {
  readonly appRoot: string;
  readonly dbDir: string;
  readonly env: Readonly<Record<string, string>>;
}

export const MACHINE: Place = {
  appRoot: '/rails',
  dbDir: '/data/db',
  env: { FLY_APP_NAME: 'smooth', FLY_REGION: 'iad', FLY_MACHINE_ID: 'd8912' },
};

export const ADMIN_HOST: Place = { appRoot: '/srv/showcase', dbDir: '/srv/db', env: {} };

/** @param script an executable, below the app root */
export async function runInside(
  root: EmptyRoot,
  { appRoot, dbDir, env }: Place,
  script: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const [command = '', ...before] = [...root.through, join(appRoot, script), ...args];
  const child = spawn(command, before, {
    env: { ...INSIDE, RAILS_DB_VOLUME: dbDir, ...more, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [exitCode, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { exitCode, signal, stdout, stderr };
}
