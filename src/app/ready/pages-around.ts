import { readdirSync } from 'node:fs';
import { openedBy } from '../../check/access.ts';
import { listAt, textAt } from '../../check/document.ts';
import { Patterns } from '../../check/pattern-rules.ts';
import { patternPlaces, viewOf } from '../../check/planned-view.ts';
import { readYaml } from '../../check/yaml-reader.ts';
import { navigatorText } from '../../generate/navigator.ts';
import type { Index } from '../../index/index-model.ts';
import type { PagesOptions } from '../../pages/pages-options.ts';
import type { Site } from '../../site/site.ts';
import { ownPart } from '../../site/static.ts';
import type { SiteAddress } from './site-address.ts';

/** What the pages of a machine are told of what is around them. */
export async function pagesAround(
  index: Index,
  site: Site,
  { address, publicDir }: { address: SiteAddress; publicDir: string },
): Promise<PagesOptions> {
  return {
    root: ownPart(site).root,
    hasWeb: site.web !== null,
    hasPlatform: site.deployment !== 'local',
    isAlone: site.deployment === 'kamal',
    ...address,
    files: filesIn(publicDir),
    isPublic: await publicPaths(index, site),
  };
}

/**
 * Says of a path whether Navigator answers it without a login, by the very rules that are generated for this machine: a path
 * that it redirects is not answered. What the web part adds to them concerns no page.
 */
export async function publicPaths(index: Index, site: Site): Promise<(path: string) => boolean> {
  const document = readYaml(navigatorText(index, site, ownPart(site), []));
  const texts = patternPlaces(document).map(({ pattern }) => pattern);
  const patterns = await Patterns.load(texts.filter((text) => typeof text === 'string'));
  const view = viewOf(document, patterns);
  const redirects = listAt(document, 'routes', 'redirects').map((item) => textAt(item, 'from') ?? '');
  return (path) => {
    const asked = decodeURIComponent(path);
    return openedBy(view, asked) !== null && !redirects.some((from) => patterns.matches(from, asked));
  };
}

function filesIn(directory: string): ReadonlySet<string> {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
  } catch {
    // It is made when the first page is written, and what is wrong with it is told then.
    return new Set();
  }
}
