/** The first page of the site: the README, and before its second paragraph who begins where. */
import { READERS } from './readers.ts';
import { pagePath } from './site-paths.ts';

/**
 * @param readme with links as the site has them
 * @throws when it does not begin with a heading and a paragraph
 */
export function homePage(readme: string): string {
  const [, opening, rest] = /^(# .+\n\n(?:.+\n)+)\n([\s\S]*)$/.exec(readme) ?? [];
  if (opening === undefined) throw new Error('README.md does not begin with a heading and a paragraph');
  const cards = READERS.map(({ name, wants, documents }) => {
    const [first = ''] = Object.keys(documents);
    return `<a href="./${pagePath(first).replace(/\.md$/, '.html')}"><strong>${name}</strong> ${wants}</a>`;
  });
  const facts = { titleTemplate: false, outline: false, pageClass: 'wide', prev: false };
  return `---\n${JSON.stringify(facts)}\n---\n\n${opening}\n<div class="readers">\n${cards.join('\n')}\n</div>\n\n${rest}`;
}
