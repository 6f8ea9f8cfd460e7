import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PATH } from '../process.ts';

/** A program that is compared, as it was found on this machine. */
export interface Program {
  readonly path: string;
  /** What it says of itself, such as `2.6.2`. */
  readonly version: string;
}

/** What this machine has. Null for what it lacks; nothing is installed for the comparison. */
export interface Programs {
  readonly navigator: Program | null;
  readonly nginx: Program | null;
  readonly caddy: Program | null;
  readonly confd: Program | null;
  readonly consulTemplate: Program | null;
  /** A checkout of the platform, named by COMPARISON_PLATFORM; its version is the commit. Null without Ruby's sqlite3, too. */
  readonly platform: Program | null;
}

export function findPrograms(): Programs {
  return {
    navigator: find('navigator', ['--version']),
    nginx: find('nginx', ['-v']),
    caddy: find('caddy', ['version']),
    confd: find('confd', ['-version']),
    consulTemplate: find('consul-template', ['-v']),
    platform: findPlatform(process.env['COMPARISON_PLATFORM']),
  };
}

const NAMES: Readonly<Record<keyof Programs, string>> = {
  navigator: 'Navigator',
  nginx: 'nginx',
  caddy: 'Caddy',
  confd: 'confd',
  consulTemplate: 'consul-template',
  platform: "the platform's scripts",
};

/** A sentence that names what this machine lacks. */
export function renderMissing(programs: Programs): string {
  const keys = Object.keys(NAMES) as (keyof Programs)[];
  const missing = keys.filter((key) => programs[key] === null).map((key) => NAMES[key]);
  return missing.length === 0
    ? 'Every tool that can be run here was found.'
    : `Not found here, so not measured: ${missing.join(', ')}.`;
}

/** What the table says of it: the name and the version. */
export function naming(name: string, program: Program): string {
  return `${name} ${program.version}`.trim();
}

function find(name: string, question: readonly string[]): Program | null {
  // Debian has nginx where only root looks.
  const places = [...PATH.split(delimiter), '/usr/sbin'];
  const path = places.map((place) => join(place, name)).find((file) => existsSync(file));
  if (path === undefined) return null;
  const { stdout, stderr } = spawnSync(path, question, { encoding: 'utf8' });
  return { path, version: /\d+(?:\.\d+)+(?:-dev)?/.exec(stdout + stderr)?.[0] ?? '' };
}

function findPlatform(checkout: string | undefined): Program | null {
  if (checkout === undefined || !existsSync(join(checkout, 'script/update_configuration.rb'))) return null;
  const { status } = spawnSync('ruby', ['-rbundler', '-rsqlite3', '-e', '0'], { env: { PATH } });
  if (status !== 0) return null;
  const commit = execFileSync('git', ['-C', checkout, 'rev-parse', '--short=7', 'HEAD'], {
    encoding: 'utf8',
  });
  return { path: checkout, version: commit.trim() };
}
