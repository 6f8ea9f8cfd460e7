import { describe, expect, it } from 'vitest';
import { plainOptions } from '../../../src/pages/pages-options.ts';
import { planPages } from '../../../src/pages/plan-pages.ts';
import { inventedIndex } from '../../support/indexes/invented-index.ts';

const ADDRESS = 'https://dance.example/showcase';

/** Paths of the pictures that are written, and what a page names as its own. */
function picturesOf(address: string | null) {
  const options = { ...plainOptions('/showcase'), address, isPublic: () => true };
  const pages = planPages(inventedIndex(), options);
  const ofPage = (path: string) => {
    const page =
      pages
        .find((one) => one.path === path)
        ?.render()
        .toString() ?? '';
    return /<meta property="og:image" content="([^"]*)">/.exec(page)?.[1];
  };
  return { written: pages.map(({ path }) => path).filter((path) => path.includes('pages-share-')), ofPage };
}

describe('the picture beside a link to a page', () => {
  const { written, ofPage } = picturesOf(ADDRESS);
  const ofMap = (map: string) => `${ADDRESS}/${written.find((path) => path.includes(`-${map}-`))}`;

  it('is of the map that the page is about, and is written', () => {
    expect(ofPage('studios/10/index.html')).toBe(ofMap('us'));
    expect(ofPage('studios/kyoto/index.html')).toBe(ofMap('jp'));
    expect(ofPage('regions/syd/index.html')).toBe(ofMap('au'));
    expect(written.every((path) => /^assets\/pages-share-\w\w-[0-9a-f]{16}\.png$/.test(path))).toBe(true);
  });

  it('is of the map with most studios where a page is about all of them', () => {
    const all = ['index.html', 'studios/index.html', 'regions/index.html'].map(ofPage);
    expect(new Set(all)).toEqual(new Set([ofMap('us')]));
  });

  it('is none for a studio that no map shows', () => {
    expect(ofPage("studios/o'hara+sons/index.html")).toBeUndefined();
  });

  it('is neither made nor named where pages have no address', () => {
    const { written: others, ofPage: nameOf } = picturesOf(null);
    expect([others, nameOf('studios/10/index.html')]).toEqual([[], undefined]);
  });
});
