/**
 * Turns the documents, as they stand in the repository, into the pages that the generator reads: links between documents
 * stay links, a link to any other file of the repository leads to a page that shows this file, and diagrams become
 * pictures. Pure functions but for `stageDocuments`.
 */
import { hash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, posix } from 'node:path';
import { homePage } from './home-page.ts';
import { HOME } from './readers.ts';
import { pagePath, relativePath, sourcePath } from './site-paths.ts';
import { sourcePage } from './source-page.ts';

export interface Diagram {
  /** Source of Mermaid. */
  readonly source: string;
  /** Where its pictures belong below the stage: `<path>-light.svg` and `<path>-dark.svg`. */
  readonly path: string;
}

/** What a document leads to that is no document. */
export interface Findings {
  /** Paths in the repository. */
  readonly pictures: Set<string>;
  readonly sources: Set<string>;
  readonly diagrams: Map<string, Diagram>;
}

/** What has to be known of the repository. */
export interface Repository {
  readonly documents: ReadonlySet<string>;
  isFile(path: string): boolean;
}

const PICTURES = new Set(['.png', '.svg']);
const FENCE = /^(```+)(.*)\n([\s\S]*?)^\1[ ]*$/gm;
const LINK = /\]\(([^)\s#]*)(#[^)\s]*)?\)/g;
/** One picture with a variant for dark screens: the form of GitHub, on one line. */
const PICTURE =
  /<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">\s*<img ([^>]+)>\s*<\/picture>/g;
const SRC = /(<img [^>]*src=")([^":]+)(")/g;

/**
 * Writes the pages of all documents, what they link to and what they show below `stage`.
 *
 * @param root of the repository
 * @returns the diagrams, whose pictures are not there yet
 * @throws for a link that leads nowhere
 */
export function stageDocuments(root: string, stage: string, documents: readonly string[]): Diagram[] {
  const repository: Repository = {
    documents: new Set(documents),
    isFile: (path) => existsSync(join(root, path)) && statSync(join(root, path)).isFile(),
  };
  const found: Findings = { pictures: new Set(), sources: new Set(), diagrams: new Map() };
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    writeFileSync(join(stage, path), text);
  };
  for (const path of documents) {
    const text = pageText(path, read(path), repository, found);
    write(pagePath(path), path === HOME ? homePage(text) : text);
  }
  for (const path of found.sources) write(sourcePath(path), sourcePage(path, read(path)));
  for (const path of found.pictures) {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    copyFileSync(join(root, path), join(stage, path));
  }
  return [...found.diagrams.values()];
}

/**
 * @param path of the document
 * @param found is added to
 * @throws for a link to something that is not there
 */
export function pageText(path: string, text: string, repository: Repository, found: Findings): string {
  const parts: string[] = [];
  let at = 0;
  for (const fence of text.matchAll(FENCE)) {
    const [whole, , language = '', content = ''] = fence;
    parts.push(withLinks(path, text.slice(at, fence.index), repository, found));
    parts.push(language.trim() === 'mermaid' ? diagramIn(path, content, found) : whole);
    at = fence.index + whole.length;
  }
  parts.push(withLinks(path, text.slice(at), repository, found));
  return parts.join('');
}

function withLinks(path: string, text: string, repository: Repository, found: Findings): string {
  const to = (target: string) => resolveLink(path, target, repository, found);
  return text
    .replace(PICTURE, (_, dark: string, light: string) => {
      const image = light.replace(/ *\/$/, '');
      return `<img class="light-only" ${image}><img class="dark-only" ${image.replace(/src="[^"]+"/, `src="${dark}"`)}>`;
    })
    .replace(SRC, (_, before: string, target: string, after: string) => `${before}${to(target)}${after}`)
    .replace(LINK, (link, target: string, anchor = '') =>
      target === '' || /^[a-z]+:/.test(target) ? link : `](${to(target)}${anchor})`,
    );
}

/** A link's target, relative to the page of the document that has it. */
function resolveLink(document: string, target: string, repository: Repository, found: Findings): string {
  const path = posix.normalize(posix.join(posix.dirname(document), target)).replace(/\/$/, '');
  const page = [path, posix.join(path, 'README.md')].find((each) => repository.documents.has(each));
  if (page !== undefined) return relativePath(document, pagePath(page));
  if (!repository.isFile(path)) throw new Error(`${document} links to ${target}, which is not there`);
  if (PICTURES.has(extname(path))) {
    found.pictures.add(path);
    return relativePath(document, path);
  }
  found.sources.add(path);
  return relativePath(document, sourcePath(path));
}

function diagramIn(document: string, source: string, found: Findings): string {
  const title = /^\s*accTitle:\s*(.+)$/m.exec(source)?.[1];
  if (title === undefined)
    throw new Error(`${document}: a diagram has no accTitle, which is its text for those who cannot see it`);
  const path = `diagrams/${hash('sha256', source).slice(0, 12)}`;
  found.diagrams.set(path, { source, path });
  const image = (look: string) =>
    `<img class="${look}-only" src="${relativePath(document, `${path}-${look}.svg`)}" alt="${escaped(title)}">`;
  return `<div class="diagram" role="group" aria-label="${escaped(title)}" tabindex="0">${image('light')}${image('dark')}</div>`;
}

function escaped(text: string): string {
  return text.trim().replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
