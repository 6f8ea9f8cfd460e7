/** What the documents say and can be looked up: variables, options, commands, links, files. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './support/machine.ts';

const DOCUMENTS = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['docs', 'cgi-bin', 'scripts', 'examples'].flatMap((directory) =>
    readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(directory, name)),
  ),
];
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const all = DOCUMENTS.map(read).join('\n');

/** Everything that runs on a machine. */
const SOURCE = [
  read('dev/build/preamble.cjs'),
  ...readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join('src', name))),
].join('\n');

/** What an operator can set: variables of ours, and those of the platform that decide what we do. */
const OURS =
  /\b(?:(?:UPDATE_CONFIG|FLEET|READY|NAVIGATOR|FLY_API|WEB|METRICS)_[A-Z_]*[A-Z]|SHOWCASE_WEB|[A-Z_]+_DEADLINE)\b/g;
const names = (text: string): string[] => [...new Set(text.match(OURS) ?? [])].sort();

/** Named like settings: the marks of children. */
const NO_SETTINGS = [
  'FLEET_SIM',
  'FLEET_TABLES',
  'UPDATE_CONFIG_CHILD',
  'UPDATE_CONFIG_INSPECT',
  'UPDATE_CONFIG_SUPERVISED',
];

const EXECUTABLES = ['cgi-bin/update_config', ...built('scripts')];

function built(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/[._A-Z]/.test(entry.name))
    .map(({ name }) => join(directory, name));
}

const optionsIn = (text: string): string[] => [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [])];

describe('the documents', () => {
  it('list every setting that the code reads in the README, and no other', () => {
    const section = read('README.md').split('\n## Settings\n')[1]?.split('\n## ')[0] ?? '';
    const known = names(SOURCE).filter((name) => !NO_SETTINGS.includes(name));
    expect(names(section)).toEqual(known);
  });

  it.each(EXECUTABLES)('leave --help of %s to fit into 80 columns', (executable) => {
    const help = execFileSync(join(ROOT, executable), ['--help'], { encoding: 'utf8' });
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(EXECUTABLES)('name no option of %s that --help does not have', (executable) => {
    const help = execFileSync(join(ROOT, executable), ['--help'], { encoding: 'utf8' });
    const calls = all.match(new RegExp(`(?<![\\w/])${executable} [^\`\\n#;|]*`, 'g')) ?? [];
    const unknown = calls.flatMap(optionsIn).filter((option) => !optionsIn(help).includes(option));
    expect(unknown).toEqual([]);
  });

  it('name only scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const called = [...all.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name);
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('link to files that are there', () => {
    const broken = DOCUMENTS.flatMap((path) =>
      [...read(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
        .map(([, target = '']) => resolve(ROOT, dirname(path), target))
        .filter((target) => !existsSync(target))
        .map((target) => `${path}: ${relative(ROOT, target)}`),
    );
    expect(broken).toEqual([]);
  });

  it('link to headings that are there', () => {
    const broken = DOCUMENTS.flatMap((path) =>
      [...read(path).matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)]
        .filter(([, target = '', anchor = '']) => {
          const page = target === '' ? path : relative(ROOT, resolve(ROOT, dirname(path), target));
          return !anchorsOf(read(page)).includes(anchor);
        })
        .map(([link]) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('name source files that are there', () => {
    const named = [...all.matchAll(/`((?:src|dev|test|docs|examples)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
