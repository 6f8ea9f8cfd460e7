import { expect } from 'vitest';
import { checkFiles } from '../../../src/check/rules.ts';
import { generate } from '../../../src/generate/generate.ts';
import type { PlannedFile } from '../../../src/generate/planned-file.ts';
import type { Site } from '../../../src/site/site.ts';
import { inventedIndex } from '../indexes/invented-index.ts';
import { siteOf } from '../machine/site.ts';

export const index = inventedIndex();
export const fly = siteOf('fly-iad');

/** Names of the rules that the files of a machine, one on Fly if none is given, break once one of them is changed. */
export async function broken(
  kind: PlannedFile['kind'],
  change: (content: string) => string,
  site: Site = fly,
): Promise<string[]> {
  const files = generate(index, site).map((file) => {
    if (file.kind !== kind) return file;
    const content = change(file.content);
    expect(content, 'the change changes something').not.toBe(file.content);
    return { ...file, content };
  });
  return [...new Set((await checkFiles(files, { index, site })).map(({ rule }) => rule))];
}

/** `to` may name what was found, as `String.replace` has it. */
export const replace =
  (from: string | RegExp, to: string | ((found: string) => string)) =>
  (content: string): string =>
    typeof to === 'string' ? content.replace(from, to) : content.replace(from, to);
