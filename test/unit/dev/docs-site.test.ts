import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homePage } from '../../../dev/docs-site/home-page.ts';
import { DOCUMENTS, READERS } from '../../../dev/docs-site/readers.ts';
import { addressOf, sourcePath } from '../../../dev/docs-site/site-paths.ts';
import { sourcePage } from '../../../dev/docs-site/source-page.ts';
import { type Findings, pageText } from '../../../dev/docs-site/stage.ts';
import { ROOT } from '../../support/machine/machine.ts';

const repository = {
  documents: new Set(['README.md', 'docs/WEB.md', 'docs/API.md', 'examples/fly/README.md']),
  isFile: (path: string) =>
    ['src/a.ts', 'docs/pictures/a-light.png', 'docs/pictures/a-dark.png'].includes(path),
};
const nothing = (): Findings => ({ pictures: new Set(), sources: new Set(), diagrams: new Map() });

function page(text: string, path = 'docs/WEB.md'): { text: string; found: Findings } {
  const found = nothing();
  return { text: pageText(path, text, repository, found), found };
}

describe('the navigation of the site', () => {
  it('has every document of the repository once', () => {
    const folders = ['docs', 'cgi-bin', 'scripts', 'examples'];
    const there = [
      ...readdirSync(ROOT),
      ...folders.flatMap((folder) =>
        readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
          join(folder, name),
        ),
      ),
    ].filter((name) => name.endsWith('.md'));
    expect([...DOCUMENTS].sort()).toEqual(there.sort());
  });

  it('gives each reader a page to begin with, which the first page of the site leads to', () => {
    const home = homePage('# name\n\ntext\n\nmore\n');
    for (const { name, documents } of READERS) {
      const [first = ''] = Object.keys(documents);
      expect(home).toContain(`<strong>${name}</strong>`);
      expect(home).toContain(`href=".${addressOf(first)}"`);
    }
  });
});

describe('a document becomes a page of the site, in which', () => {
  it('a link to another document leads to its page, at the same heading', () => {
    expect(
      page('[one](API.md#events), [two](../README.md), [three](../examples/fly/), [four](#here)').text,
    ).toBe('[one](./API.md#events), [two](../index.md), [three](../examples/fly/index.md), [four](#here)');
  });

  it('a link to a file of the repository leads to a page that shows it', () => {
    const { text, found } = page('[`a`](../src/a.ts)');
    expect(text).toBe('[`a`](../source/src/a.ts.md)');
    expect([...found.sources]).toEqual(['src/a.ts']);
  });

  it('a link to another host stays as it is, and so does an example', () => {
    const text = '[host](https://example.com/a.md)\n\n```md\n[link](nowhere.md)\n```\n';
    expect(page(text).text).toBe(text);
  });

  it('a link that leads nowhere ends the build with the names of both', () => {
    expect(() => page('[gone](GONE.md)')).toThrow('docs/WEB.md links to GONE.md, which is not there');
    expect(() => page('<img src="pictures/gone.png" alt="gone">')).toThrow(
      'docs/WEB.md links to pictures/gone.png',
    );
  });

  it('a picture with a variant for dark screens follows the switch of the site', () => {
    const { text, found } = page(
      '<picture><source media="(prefers-color-scheme: dark)" srcset="pictures/a-dark.png"><img src="pictures/a-light.png" alt="a"></picture>',
    );
    expect(text).toBe(
      '<img class="light-only" src="./pictures/a-light.png" alt="a"><img class="dark-only" src="./pictures/a-dark.png" alt="a">',
    );
    expect([...found.pictures]).toEqual(['docs/pictures/a-light.png', 'docs/pictures/a-dark.png']);
  });

  it('a diagram is a picture for light and one for dark, with its title for those who cannot see it', () => {
    const { text, found } = page('```mermaid\nflowchart LR\n  accTitle: A "way"\n  a --> b\n```\n');
    const [diagram] = found.diagrams.values();
    expect(text).toContain(`src="../${diagram?.path}-light.svg" alt="A &quot;way&quot;"`);
    expect(text).toContain(`src="../${diagram?.path}-dark.svg"`);
    expect(() => page('```mermaid\nflowchart LR\n  a --> b\n```\n')).toThrow(
      'docs/WEB.md: a diagram has no accTitle',
    );
  });
});

describe('a page that shows a file', () => {
  it('has all of it within a fence that is longer than any in it, and is not searched', () => {
    const text = sourcePage('examples/a.yml', 'one: 1\n````\n');
    expect(text).toContain('\n`````yaml:line-numbers\none: 1\n````\n`````\n');
    expect(text).toContain('"search":false');
  });

  it('has a name that the generator takes, also where the file is a hidden one', () => {
    expect(sourcePath('examples/gitlab/.gitlab-ci.yml')).toBe('source/examples/gitlab/gitlab-ci.yml.md');
  });
});
