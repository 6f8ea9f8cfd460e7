import { readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';
import { DOCUMENTS, readText } from '../../support/project/documents.ts';

const FOLDER = 'docs/pictures';
const there = readdirSync(join(ROOT, FOLDER)).map((name) => join(FOLDER, name));

interface Shown {
  readonly document: string;
  readonly path: string;
  /** null for the variant for dark screens, which has that of its picture. */
  readonly alt: string | null;
}

function picturesOf(document: string): Shown[] {
  const at = (target: string) => normalize(join(dirname(document), target));
  const text = readText(document);
  return [
    ...[...text.matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(([, alt = '', path = '']) => ({ path, alt })),
    ...[...text.matchAll(/<img ([^>]*)>/g)].map(([, all = '']) => ({
      path: /src="([^"]*)"/.exec(all)?.[1] ?? '',
      alt: /alt="([^"]*)"/.exec(all)?.[1] ?? '',
    })),
    ...[...text.matchAll(/srcset="([^"]+)"/g)].map(([, path = '']) => ({ path, alt: null })),
  ].map(({ path, alt }) => ({ document, path: at(path), alt }));
}

const shown = DOCUMENTS.flatMap(picturesOf);

describe('the pictures of the documents', () => {
  it('are there, and none is there that no document shows', () => {
    expect([...new Set(shown.map(({ path }) => path))].sort()).toEqual(there.sort());
  });

  it('say in words what they show', () => {
    expect(shown.filter(({ alt }) => alt !== null && alt.length < 20)).toEqual([]);
  });

  it('have less than 150 kB each', () => {
    expect(there.filter((path) => statSync(join(ROOT, path)).size >= 150_000)).toEqual([]);
  });

  it('are shown dark on a dark screen where there is such a variant, and only that one', () => {
    const pairs = DOCUMENTS.flatMap((document) =>
      [
        ...readText(document).matchAll(
          /<picture><source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)"><img src="([^"]+)"/g,
        ),
      ].map(([, dark = '', light = '']) => [light.replace('-light-', '-dark-'), dark]),
    );
    expect(pairs.length).toBeGreaterThan(5);
    for (const [expected, dark] of pairs) expect(dark).toBe(expected);
    const wide = there.filter((path) => path.endsWith('-dark-wide.png')).length;
    expect(pairs.filter(([, dark]) => dark?.endsWith('-dark-wide.png'))).toHaveLength(wide);
  });
});
