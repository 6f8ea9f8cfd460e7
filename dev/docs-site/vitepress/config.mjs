/** How VitePress builds the site. `site.json` beside it has what depends on the repository. */
import { readFileSync } from 'node:fs';

const { title, description, version, sidebar } = JSON.parse(
  readFileSync(new URL('site.json', import.meta.url), 'utf8'),
);

export default {
  title,
  description,
  lang: 'en',
  metaChunk: true,
  // The navigation leads everywhere: each page would fetch all others.
  router: { prefetchLinks: false },
  // What a page shows is known when it is built; nothing is asked of another host.
  head: [['meta', { name: 'referrer', content: 'same-origin' }]],
  markdown: {
    // Addresses that are no links in the documents are examples.
    linkify: false,
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: headingAnchor },
    toc: { slugify: headingAnchor },
    image: { lazyLoading: true },
    // Code that is set off by spaces looks like code between fences.
    config: ({ renderer }) => {
      renderer.rules.code_block = (tokens, at, ...rest) => {
        tokens[at].info = 'txt';
        return renderer.rules.fence(tokens, at, ...rest);
      };
      // A column without a name has no heading.
      renderer.rules.th_open = (tokens, at) => (tokens[at + 1].content === '' ? '<td>' : '<th>');
      renderer.rules.th_close = (tokens, at) => (tokens[at - 1].content === '' ? '</td>' : '</th>');
    },
  },
  themeConfig: {
    sidebar,
    nav: sidebar.map(({ text, items }) => ({ text, link: items[0].link, activeMatch: matchAny(items) })),
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: { _render: renderForSearch, miniSearch: { options: { tokenize } } },
    },
    footer: { message: `${title} ${version}`, copyright: 'MIT License' },
    externalLinkIcon: true,
  },
};

/** A page as it is searched: its words alone, so that no code is coloured, which takes a sixth of the time of all. */
function renderForSearch(source, env, md) {
  const { highlight } = md.options;
  md.options.highlight = null;
  try {
    const html = md.render(source, env);
    return env.frontmatter?.search === false ? '' : html;
  } finally {
    md.options.highlight = highlight;
  }
}

/** Words, and whole names such as `FLEET_DEADLINE`, `--dry-run`, `navigator.yml`. Runs in the reader's browser, by itself. */
function tokenize(text) {
  const names = text.match(/[\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}])?/gu) ?? [];
  return names.flatMap((name) => [name, ...(/[_.-]/.test(name) ? name.split(/[_.-]+/) : [])]);
}

/** As GitHub makes them, since the documents are read there, too. */
function headingAnchor(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** A pattern that fits the pages of a part of the sidebar. */
function matchAny(items) {
  return `^(${items.map(({ link }) => link.replace(/[.+]/g, '\\$&')).join('|')})$`;
}
