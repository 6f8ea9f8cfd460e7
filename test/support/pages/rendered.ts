import type { Index } from '../../../src/index/index-model.ts';
import type { Page } from '../../../src/pages/page.ts';
import { plainOptions } from '../../../src/pages/pages-options.ts';
import { planPages } from '../../../src/pages/plan-pages.ts';

/** Every page of an index, by its path. */
export function renderAll(index: Index, root = '/showcase', hasWeb = false): Map<string, string> {
  const pages = planPages(index, { ...plainOptions(root), hasWeb }).filter(({ path }) =>
    /(^|\/)index\.html$/.test(path),
  );
  return new Map(pages.map((page) => [page.path, textOfFile(page)]));
}

/** A page of an index. */
export function renderPage(index: Index, path: string, root = '/showcase'): string {
  const page = planPages(index, plainOptions(root)).find((one) => one.path === path);
  if (!page) throw new Error(`no page ${path}`);
  return textOfFile(page);
}

/** A file of the site as text. */
function textOfFile(page: Page): string {
  return page.render().toString();
}

/** An element or a text of a page, as a browser would read it; strict: what no browser would let pass is an error. */
export type Token =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string };

const VOID = new Set(['meta', 'path', 'br', 'link', 'img', 'input']);
const TOKEN =
  /<!doctype html>|<!--[^>]*-->|<\/([a-z][a-z0-9]*)>|<([a-z][a-z0-9]*)((?: [a-zA-Z-]+[12]?="[^"<>]*"| (?:hidden|open|defer)(?=[ >]))*)\/?>|([^<>]+)/gy;

/**
 * Reads a page as tokens, and checks on the way that it is made of nothing but well-formed tags with quoted attributes
 * and text without angle brackets, and that elements are closed in order.
 */
export function tokensOf(page: string): Token[] {
  const tokens: Token[] = [];
  const open: string[] = [];
  let at = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(page); match; match = TOKEN.exec(page)) {
    at = TOKEN.lastIndex;
    const [whole, closed, opened, attributes, plain] = match;
    if (closed !== undefined) {
      if (open.pop() !== closed) throw new Error(`</${closed}> closes another element`);
      tokens.push({ kind: 'close', name: closed });
    } else if (opened !== undefined) {
      if (!VOID.has(opened) && !whole.endsWith('/>')) open.push(opened);
      tokens.push({ kind: 'open', name: opened, attributes: attributesOf(attributes ?? '') });
    } else if (plain !== undefined) tokens.push({ kind: 'text', text: unescaped(plain) });
  }
  if (at !== page.length) throw new Error(`no markup: ${page.slice(at, at + 80)}`);
  if (open.length > 0) throw new Error(`not closed: ${open.join()}`);
  return tokens;
}

function attributesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/ ([a-zA-Z-]+[12]?)="([^"]*)"/g)) {
    if (found.has(name)) throw new Error(`two attributes ${name}`);
    found.set(name, unescaped(value));
  }
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

function unescaped(text: string): string {
  return text.replace(/&[^;\s]*;?/g, (entity) => {
    const meant = ENTITIES[entity];
    if (meant === undefined) throw new Error(`what is ${entity}?`);
    return meant;
  });
}

/** What the foot of every page links to elsewhere. */
const ELSEWHERE = ['https://github.com/rubys/showcase#readme', 'https://github.com/rubys/showcase/issues'];

/** Everything else that a page links to. */
export function linksOf(page: string): string[] {
  return tokensOf(page)
    .flatMap((token) =>
      token.kind === 'open' && token.name === 'a' ? [token.attributes.get('href') ?? ''] : [],
    )
    .filter((link) => !ELSEWHERE.includes(link));
}

/** The text of a page as it is read, without the style sheet. */
export function textOf(page: string): string {
  return tokensOf(page)
    .map((token) => (token.kind === 'text' ? token.text : ''))
    .join('');
}
