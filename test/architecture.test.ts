import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

/** Which rooms a room may import from, itself aside; `types.ts` files of every room are values that all exchange. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  entry: ['app', 'cgi'],
  app: [
    'update',
    'cgi',
    'site',
    'index',
    'generate',
    'check',
    'install',
    'store',
    'bucket',
    'journal',
    'lock',
    'fleet',
    'publish',
    'tenants',
    'sync',
    'report',
    'rehearsal',
    'pages',
    'pages-out',
    'ready',
  ],
  update: ['site', 'index', 'generate', 'check', 'install', 'store', 'bucket', 'journal', 'report'],
  cgi: ['index'],
  site: [],
  index: [],
  generate: ['site', 'index'],
  check: ['generate', 'index', 'site'],
  install: ['index'],
  store: [],
  bucket: ['store'],
  tenants: ['bucket', 'index', 'generate', 'site', 'install', 'store', 'journal', 'lock', 'child', 'report'],
  fleet: ['bucket', 'index', 'install', 'site', 'child', 'journal', 'report'],
  child: [],
  ready: ['index', 'site', 'install', 'journal', 'lock', 'child', 'report'],
  sync: ['tenants', 'bucket', 'index', 'install', 'journal', 'report', 'site', 'store'],
  publish: ['bucket', 'index', 'generate', 'check', 'site', 'install', 'store', 'journal', 'lock'],
  pages: ['generate', 'index'],
  'pages-out': ['install'],
  journal: ['install'],
  lock: ['install'],
  report: [],
  rehearsal: [],
};

/** Beside the rooms, for everybody. */
const COMMON = ['failure.ts', 'settings.ts', 'sqlite.ts'];

function sources(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(directory, name));
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    resolve(dirname(path), match[1] ?? ''),
  );
}

const roomOf = (path: string): string => relative(SRC, path).split(sep)[0] ?? '';

describe('the rooms', () => {
  it('are those of the table', () => {
    const rooms = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(rooms.map((room) => room.name).sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  for (const [room, allowed] of Object.entries(ALLOWED)) {
    it(`${room} imports only from ${allowed.join(', ') || 'itself'}`, () => {
      const strangers = sources(join(SRC, room)).flatMap((path) =>
        importsOf(path)
          .filter((target) => !COMMON.includes(relative(SRC, target)))
          .filter((target) => basename(target) !== 'types.ts')
          .filter((target) => roomOf(target) !== room && !allowed.includes(roomOf(target)))
          .map((target) => `${relative(SRC, path)} imports ${relative(SRC, target)}`),
      );
      expect(strangers).toEqual([]);
    });
  }

  it('leave process.exit to the entry files', () => {
    const exits = sources(SRC).filter(
      (path) => roomOf(path) !== 'entry' && /process\.exit\(/.test(readFileSync(path, 'utf8')),
    );
    expect(exits.map((path) => relative(SRC, path))).toEqual([]);
  });

  it('have entry files of at most 40 lines', () => {
    const long = sources(join(SRC, 'entry')).filter(
      (path) => readFileSync(path, 'utf8').split('\n').length > 41,
    );
    expect(long.map((path) => relative(SRC, path))).toEqual([]);
  });

  it('have files of at most 250 lines', () => {
    const long = sources(SRC).filter((path) => readFileSync(path, 'utf8').split('\n').length > 251);
    expect(long.map((path) => relative(SRC, path))).toEqual([]);
  });
});
