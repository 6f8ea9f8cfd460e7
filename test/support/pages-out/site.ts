import { type Asset, makeAsset } from '../../../src/pages/assets.ts';
import type { Page } from '../../../src/pages/page.ts';

export function page(path: string, text = path): Page {
  return { path, render: () => `<!doctype html>\n<title>${text}</title>\n` };
}

/** A small site: the pages of every shape of path. */
export function site(text = 'first', ...more: readonly string[]): Page[] {
  const paths = ['index.html', 'regions/index.html', 'regions/iad/index.html', 'studios/index.html'];
  const years = ['2026/index.html', '2026/boston/index.html'];
  return [...paths, 'studios/boston/index.html', ...years, ...more].map((path) =>
    page(path, `${text} ${path}`),
  );
}

/** A style sheet that takes more room than a page, as the real one does. */
export function style(text: string): Asset {
  return makeAsset('style', 'css', `/* ${text} */\n`.repeat(2_000));
}

/** The same, with a style sheet that every page names. */
export function styledSite(text = 'first', ...more: readonly string[]): Page[] {
  const sheet = style(text);
  const link = `<link rel="stylesheet" href="/${sheet.path}">\n`;
  const pages = site(text, ...more).map((one) => ({ ...one, render: () => `${one.render()}${link}` }));
  return [sheet, ...pages];
}
