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
