/** Renders the pages of an index with the built `scripts/ready`, into a machine of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const READY = resolve(import.meta.dirname, '../../scripts/ready');

/** What makes a machine of each kind, and the path under which it serves its pages. */
const MACHINES = {
  fly: { root: '/showcase', env: { FLY_APP_NAME: 'smooth', FLY_REGION: 'iad', FLY_MACHINE_ID: 'pages' } },
  kamal: { root: '', env: { KAMAL_CONTAINER_NAME: 'showcase-web' } },
} as const;

export interface RenderedSite {
  /** `<app root>/public`. */
  readonly publicDir: string;
  /** `/showcase`, or `` for the top. */
  readonly root: string;
  remove(): void;
}

/**
 * Renders every page of an index's image, as a machine of that kind does.
 *
 * @throws when `scripts/ready` fails, with what it said
 */
export async function renderSite(image: Buffer, machine: keyof typeof MACHINES): Promise<RenderedSite> {
  const home = mkdtempSync(join(tmpdir(), 'site-'));
  const appRoot = join(home, 'rails');
  const dbDir = join(home, 'db');
  for (const path of [appRoot, dbDir]) mkdirSync(path);
  writeFileSync(join(dbDir, 'index.sqlite3'), image);
  const { root, env } = MACHINES[machine];
  const child = spawn(READY, ['--only', 'pages'], {
    env: { PATH: process.env['PATH'], APP_ROOT: appRoot, RAILS_DB_VOLUME: dbDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  const remove = () => rmSync(home, { recursive: true });
  if (code !== 0) {
    remove();
    throw new Error(`scripts/ready failed with ${code}: ${said}${complained}`);
  }
  return { publicDir: join(appRoot, 'public'), root, remove };
}
