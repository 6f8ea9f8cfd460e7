import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

/** Which rooms a room may import from, itself aside, as the table of ARCHITECTURE.md has it. */
const ALLOWED = readAllowed(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8'));

function readAllowed(text: string): Readonly<Record<string, readonly string[]>> {
  const rows = [...text.matchAll(/^\| `([a-z-]+)\/` \|.*\|([^|]*)\|$/gm)];
  const rooms = rows.map(([, room = '']) => room);
  return Object.fromEntries(
    rows.map(([, room = '', last = '']) => {
      if (last.trim() === 'all below') return [room, rooms.slice(rooms.indexOf(room) + 1)];
      return [room, [...last.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name)];
    }),
  );
}

/** Beside the rooms, for everybody; so are the `types.ts` of every room, since values are what rooms exchange. */
const COMMON = [
  'backoff.ts',
  'clock.ts',
  'etag.ts',
  'failure.ts',
  'regular-file.ts',
  'settings.ts',
  'signature.ts',
  'sqlite.ts',
  'time.ts',
];

function sources(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]s$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => join(directory, name));
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    resolve(dirname(path), match[1] ?? ''),
  );
}

const linesOf = (path: string): number => readFileSync(path, 'utf8').trimEnd().split('\n').length;

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

  it.each([
    ['change an owner or a mode', /[lf]?ch(?:own|mod)Sync/],
    [
      'remove a directory with all that is in it',
      /\brecursive: true, force: true\b|\brmSync\([^)]*recursive/,
    ],
    ['take the rights of another user', /\bset(?:e?[ug]id|groups)\b|\binitgroups\b/],
    ['work on files asynchronously, which would go on with other rights', /node:fs\/promises/],
  ])('leave it to rights/ to %s', (_, forbidden) => {
    const found = sources(SRC).filter(
      (path) => roomOf(path) !== 'rights' && forbidden.test(readFileSync(path, 'utf8')),
    );
    expect(found.map((path) => relative(SRC, path))).toEqual([]);
  });

  it('have entry files of at most 40 lines', () => {
    expect(sources(join(SRC, 'entry')).filter((path) => linesOf(path) > 40)).toEqual([]);
  });
});

it.each(['src', 'dev', 'test'])('no file of %s has more than 250 lines', (directory) => {
  expect(sources(join(ROOT, directory)).filter((path) => linesOf(path) > 250)).toEqual([]);
});
