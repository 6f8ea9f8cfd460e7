/** Looks at a site that was built: does every link lead to a page, a heading or a file that is in it? */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

const ADDRESS = /\s(?:href|src)="([^"]*)"/g;
const ID = /\sid="([^"]*)"/g;

/**
 * @param dir with the site
 * @param base the path under which it is served, with a slash at both ends
 * @returns each that does not, as `page: address`
 */
export function brokenLinks(dir: string, base: string): string[] {
  const pages = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.html'),
  );
  const texts = new Map(pages.map((page) => [page, readFileSync(join(dir, page), 'utf8')]));
  const ids = new Map([...texts].map(([page, text]) => [page, new Set(attributes(text, ID))]));
  return [...texts].flatMap(([page, text]) =>
    [...new Set(attributes(text, ADDRESS))]
      .filter((address) => !leadsSomewhere(address, { page, base, dir, ids }))
      .map((address) => `${page}: ${address}`),
  );
}

interface Place {
  readonly page: string;
  readonly base: string;
  readonly dir: string;
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>;
}

function leadsSomewhere(address: string, { page, base, dir, ids }: Place): boolean {
  if (/^[a-z]+:/.test(address)) return /^(https?|mailto|data):/.test(address);
  const { pathname, hash } = new URL(address, `http://site${posix.join(base, page)}`);
  if (!pathname.startsWith(base)) return false;
  const path = decodeURIComponent(pathname.slice(base.length)).replace(/(^|\/)$/, '$1index.html');
  const file = join(dir, path);
  if (!existsSync(file) || !statSync(file).isFile()) return false;
  return hash === '' || ids.get(path)?.has(decodeURIComponent(hash.slice(1))) === true;
}

function attributes(html: string, form: RegExp): string[] {
  return [...html.matchAll(form)].map(([, value = '']) => value.replaceAll('&amp;', '&'));
}
