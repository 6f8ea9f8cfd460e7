import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const SRC = join(ROOT, 'src');

/** Which rooms a room may import from, itself aside, as the table of ARCHITECTURE.md has it; `room*` is for types alone. */
const ALLOWED = readAllowed(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8'));

function readAllowed(text: string): Readonly<Record<string, readonly string[]>> {
  const rows = [...text.matchAll(/^\| `([a-z-]+)\/` \|.*\|([^|]*)\|$/gm)];
  const rooms = rows.map(([, room = '']) => room);
  return Object.fromEntries(
    rows.map(([, room = '', last = '']) => {
      if (last.trim() === 'all below') return [room, rooms.slice(rooms.indexOf(room) + 1)];
      return [room, [...last.matchAll(/`([a-z-]+\*?)`/g)].map(([, name = '']) => name)];
    }),
  );
}

/** The floors of docs/START.md, the highest first: their rooms, and the folders of `app/`. */
function readFloors(text: string): {
  readonly floors: readonly string[][];
  readonly ofApp: readonly string[];
} {
  const drawn = /## The floors\n[\s\S]*?```\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const named = (part: string): string[] => [...part.matchAll(/([a-z-]+)\//g)].map(([, name = '']) => name);
  const app = named(/^ +app\/.*$/m.exec(drawn)?.[0] ?? '').slice(1);
  const floors = drawn.replace(/^( +app\/).*$/m, '$1').split(/^ +-+$/m);
  return { floors: floors.map(named), ofApp: app };
}

function foldersOf(directory: string): string[] {
  const found = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return found.map(({ name }) => name).sort();
}

function sources(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) => /\.[cm]?[jt]s$/.test(name) && !name.endsWith('.d.ts') && !name.includes('node_modules/'),
    )
    .map((name) => join(directory, name));
}

interface Import {
  /** Absolute path. */
  readonly target: string;
  readonly isOfTypes: boolean;
}

const importsRead = new Map<string, readonly Import[]>();

function importsOf(path: string): readonly Import[] {
  const known = importsRead.get(path) ?? readImports(path);
  importsRead.set(path, known);
  return known;
}

function readImports(path: string): readonly Import[] {
  const text = readFileSync(path, 'utf8');
  const found = [
    ...text.matchAll(
      /(?:(import|export)( type)? )?(?:\{[^}]*\}|\* as \w+|\w+)? ?(?:from|import)\s*\(?\s*'(\.[^']+)'/g,
    ),
  ];
  return found.map(([, , type, specifier = '']) => ({
    target: resolve(dirname(path), specifier),
    isOfTypes: type !== undefined,
  }));
}

const linesOf = (path: string): number => readFileSync(path, 'utf8').trimEnd().split('\n').length;

/** '' for a file that stands beside the rooms, for everybody. */
function roomOf(path: string): string {
  const steps = relative(SRC, path).split(sep);
  return steps.length > 1 ? (steps[0] ?? '') : '';
}

/** Files that import themselves, by way of others. */
function inCircles(paths: readonly string[]): string[] {
  const reach = (path: string): ReadonlySet<string> => {
    const reached = new Set<string>();
    const waiting = [path];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const { target } of importsOf(next)) {
        if (reached.has(target) || !target.endsWith('.ts') || !existsSync(target)) continue;
        reached.add(target);
        waiting.push(target);
      }
    }
    return reached;
  };
  return paths.filter((path) => reach(path).has(path)).map((path) => relative(SRC, path));
}

describe('the rooms', () => {
  it('are those of the table', () => {
    expect(foldersOf(SRC)).toEqual(Object.keys(ALLOWED).sort());
  });

  it('stand on the floors of docs/START.md, and import nothing of a floor above', () => {
    const { floors, ofApp } = readFloors(readFileSync(join(ROOT, 'docs/START.md'), 'utf8'));
    expect(floors.flat().sort()).toEqual(foldersOf(SRC));
    expect([...ofApp].sort()).toEqual(foldersOf(join(SRC, 'app')));
    const floorOf = (room: string): number => floors.findIndex((rooms) => rooms.includes(room));
    const above = Object.entries(ALLOWED).flatMap(([room, allowed]) =>
      allowed
        .filter((other) => floorOf(other.replace('*', '')) < floorOf(room))
        .map((other) => `${room} imports ${other}`),
    );
    expect(above).toEqual([]);
  });

  for (const [room, allowed] of Object.entries(ALLOWED)) {
    it(`${room} imports only from ${allowed.join(', ') || 'itself'}`, () => {
      const strangers = sources(join(SRC, room)).flatMap((path) =>
        importsOf(path)
          .map(({ target, isOfTypes }) => ({ target, isOfTypes, from: roomOf(target) }))
          .filter(({ from }) => from !== '' && from !== room && !allowed.includes(from))
          .filter(({ from, isOfTypes }) => !(isOfTypes && allowed.includes(`${from}*`)))
          .map(({ target }) => `${relative(SRC, path)} imports ${relative(SRC, target)}`),
      );
      expect(strangers).toEqual([]);
    });
  }

  it('are imported by no file beside them, which is for everybody', () => {
    const ground = readdirSync(SRC).filter((name) => name.endsWith('.ts'));
    const strangers = ground.filter((name) =>
      importsOf(join(SRC, name)).some(({ target }) => roomOf(target) !== ''),
    );
    expect(strangers).toEqual([]);
  });

  it('have no files that import each other in a circle, not even types', () => {
    expect(inCircles(sources(SRC))).toEqual([]);
  });

  it('have no two files of one name, those of entry/ aside, which are named as what they are the entry of', () => {
    const names = sources(SRC)
      .filter((path) => roomOf(path) !== 'entry')
      .map((path) => basename(path));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('leave process.exit to the entry files', () => {
    const exits = sources(SRC).filter(
      (path) => roomOf(path) !== 'entry' && /process\.exit\(/.test(readFileSync(path, 'utf8')),
    );
    expect(exits.map((path) => relative(SRC, path))).toEqual([]);
  });

  it('load TLS by way of http-for.ts alone, once an https address is asked', () => {
    const eager = sources(SRC).filter((path) => /from 'node:(?:https|tls)'/.test(readFileSync(path, 'utf8')));
    expect(eager.map((path) => relative(SRC, path))).toEqual([]);
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
