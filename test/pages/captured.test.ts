import { describe, expect, it } from 'vitest';
import { inventedIndex } from '../support/invented-index.ts';
import { renderAll } from './support.ts';

/**
 * `npm run capture` writes test/fixtures/pages anew; look at the difference before you commit it. What is the same in
 * every page, and drawn from public data, is left out: the style sheet and the outlines of the maps.
 */
describe('the pages of the invented index', () => {
  it.each([...renderAll(inventedIndex())])('%s is as captured', async (path, page) => {
    const text = page
      .replace(/<style>[^<]*<\/style>/, '<style>...</style>')
      .replaceAll(/ d="[^"]*"/g, ' d="..."');
    await expect(text).toMatchFileSnapshot(`../fixtures/pages/${path}`);
  });
});
