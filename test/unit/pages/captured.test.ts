import { describe, expect, it } from 'vitest';
import { inventedIndex } from '../../support/indexes/invented-index.ts';
import { renderAll } from '../../support/pages/rendered.ts';

/**
 * `npm run capture` writes test/fixtures/pages anew; look at the difference before you commit it. What is the same in
 * every page, and drawn from public data, is left out: the digest of the style sheet and the outlines of the maps.
 */
function withoutFixed(page: string): string {
  return page
    .replaceAll(/(\/pages-[a-z-]+)-[0-9a-f]{16}\./g, '$1-....')
    .replaceAll(/ d="[^"]*"/g, ' d="..."');
}

const plain = renderAll(inventedIndex());

describe('the pages of the invented index', () => {
  it.each([...plain])('%s is as captured', async (path, page) => {
    await expect(withoutFixed(page)).toMatchFileSnapshot(`../../fixtures/pages/${path}`);
  });
});

describe('the pages of the invented index with the web part', () => {
  const isStudio = (path: string): boolean => /^studios\/.+\//.test(path);
  const pages = [...renderAll(inventedIndex(), '/showcase', true)];

  it.each(pages.filter(([path]) => isStudio(path)))(
    '%s asks owners for requests, as captured',
    async (path, page) => {
      expect(page).not.toBe(plain.get(path));
      await expect(withoutFixed(page)).toMatchFileSnapshot(`../../fixtures/pages-web/${path}`);
    },
  );

  it('are the same as without it, but for those of studios, and the way in for administrators', () => {
    const others = (all: Iterable<[string, string]>) =>
      [...all]
        .filter(([path]) => !isStudio(path))
        .map(([path, page]) => [
          path,
          page.replace(/<li><a href="\/showcase\/admin\/">[^<]+<\/a><\/li>\n/, ''),
        ]);
    expect(others(pages)).toEqual(others(plain));
    expect(others(pages).length).toBeGreaterThan(10);
  });
});
