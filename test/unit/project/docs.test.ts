/** What the documents say and can be looked up: options, commands, links, files. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';
import { DOCUMENTS, readText, sourceFiles } from '../../support/project/documents.ts';

const all = DOCUMENTS.map(readText).join('\n');

const EXECUTABLES = ['cgi-bin/update_config', ...built('scripts')];

function built(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/[._A-Z]/.test(entry.name))
    .map(({ name }) => join(directory, name));
}

const optionsIn = (text: string): string[] => [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [])];

describe('the documents', () => {
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
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
    const called = [...all.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name);
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(DOCUMENTS)('link only to files and headings that are there: %s', (path) => {
    expect(linksOf(path).filter((link) => !isThere(link))).toEqual([]);
  });

  it('are all reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const path of reached)
      for (const { target } of linksOf(path)) if (target.endsWith('.md')) reached.add(target);
    // Beside what is built.
    const beside = ['cgi-bin/README.md', 'scripts/README.md'];
    expect(DOCUMENTS.filter((path) => !reached.has(path) && !beside.includes(path))).toEqual([]);
  });

  it('are there under the names that help, messages and comments of the code have for them', () => {
    const named = ['src', 'dev']
      .flatMap(sourceFiles)
      .flatMap((file) =>
        [...readText(file).matchAll(/(?<![\w/-])(docs\/[\w-]+\.md|[A-Z]{3,}[A-Z-]*\.md)(?:#([\w-]+))?/g)].map(
          ([, name = '', anchor = '']) => ({ file, target: placeOf(name), anchor }),
        ),
      );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((link) => !isThere(link))).toEqual([]);
  });

  it('name source files that are there', () => {
    const named = [...all.matchAll(/`((?:src|dev|test|docs|examples)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

interface Link {
  /** A file or directory of the project. */
  readonly target: string;
  /** '' for the whole. */
  readonly anchor: string;
}

/** Links to the project's own files, pictures among them, in Markdown and in HTML. */
function linksOf(path: string): Link[] {
  const links = readText(path).matchAll(
    /(?:\]\(| (?:src|srcset|href)=")(?!\w+:)([^)#" ]*)(?:#([^)"]+))?[)"]/g,
  );
  return [...links].map(([, to = '', anchor = '']) => ({
    target: to === '' ? path : join(dirname(path), to),
    anchor,
  }));
}

function isThere({ target, anchor }: Link): boolean {
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === '' || anchorsOf(readText(target)).includes(anchor);
}

/** The file that is meant by a name: in docs/, where it is not at the top. */
function placeOf(name: string): string {
  return name.includes('/') || existsSync(join(ROOT, name)) ? name : join('docs', name);
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
