import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PageServer, servePages } from '../../../dev/pages/server.ts';
import { type RenderedSite, renderSite } from '../../../dev/pages/site.ts';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import type { Index } from '../../../src/index/index-model.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { shared } from '../suite/shared.ts';
import { hostileIndex } from './hostile-index.ts';

/** A site that `scripts/ready` has rendered, served as Navigator serves it. */
export interface Site extends RenderedSite {
  readonly index: Index;
  readonly server: PageServer;
  /** Paths of the pages below the public directory, sorted: `studios/boston/index.html`. */
  readonly files: readonly string[];
  /** The address of a page such as `studios/boston/`, as `plain` has it. */
  url(page: string): string;
  close(): Promise<void>;
}

/** Each with the machine that renders it: both kinds, as they serve their pages under different paths. */
const SITES = {
  sample: { machine: 'fly', image: makeSampleIndex },
  hostile: { machine: 'kamal', image: hostileIndex },
  real: { machine: 'fly', image: () => readFileSync(join(shared ?? '', 'data/index.sqlite3')) },
} as const;

export type SiteName = keyof typeof SITES;

export async function openSite(name: SiteName): Promise<Site> {
  const image = SITES[name].image();
  const rendered = await renderSite(image, SITES[name].machine);
  const server = await servePages(rendered.publicDir, rendered.root);
  return {
    ...rendered,
    index: readValidIndex(image).index,
    server,
    files: readdirSync(rendered.publicDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(rendered.publicDir.length + 1))
      .filter((file) => pageOf(file) !== file)
      .sort(),
    url: (page) => plain(`${server.origin}${rendered.root}/${page}`),
    async close() {
      await server.close();
      rendered.remove();
    },
  };
}

/** The page that a file is, as links name it. */
export function pageOf(file: string): string {
  return file.replace(/(^|\/)index\.html$/, '$1');
}

/** An address with every letter as itself: `%2B` and `+` are the same in a path. */
export function plain(href: string): string {
  return decodeURI(new URL(href).href).replaceAll('%2B', '+');
}
