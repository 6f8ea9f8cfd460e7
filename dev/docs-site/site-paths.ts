/** Where things are in the site, by their path in the repository. Paths have `/`, and no `.` or `/` before them. */
import { basename, dirname, posix } from 'node:path';

/** A document's page. A `README.md` is the page of its directory. */
export function pagePath(document: string): string {
  return document.replace(/(^|\/)README\.md$/, '$1index.md');
}

/** The page that shows a file which is no document. The generator leaves out names that begin with a dot. */
export function sourcePath(path: string): string {
  return posix.join('source', dirname(path), `${basename(path).replace(/^\./, '')}.md`);
}

/** A document's address below the base of the site: `/docs/WEB.html`, `/examples/`. */
export function addressOf(document: string): string {
  return `/${pagePath(document)
    .replace(/(^|\/)index\.md$/, '$1')
    .replace(/\.md$/, '.html')}`;
}

/** The way from the page of one document to another path of the site. */
export function relativePath(document: string, path: string): string {
  const way = posix.relative(posix.dirname(document), path);
  return way.startsWith('.') ? way : `./${way}`;
}
