import type { Directory } from './directory.ts';
import { removeLeftovers } from './page-place.ts';
import { assetOf, originOf } from './seal.ts';

/** A file in the public directory that no longer belongs to this site. */
export interface StalePage {
  readonly path: string;
  /** Whether it was changed by hand since it was written. */
  readonly edited: boolean;
  /** Removes it, and its directories where nothing else is left in them. */
  remove(): void;
}

const PAGE = 'index.html';
const YEAR = /^[0-9]{4}$/;

/** Files of ours beside pages: at the top, and in a section. */
const AT_TOP = [PAGE, '404.html', 'robots.txt'];
const IN_SECTION = [PAGE, 'sitemap.xml'];

/** Where assets are. */
const ASSETS = 'assets';

/**
 * Files that this renderer once wrote and that are not among those to be kept. It looks only where such files can
 * stand: pages as `index.html` at the top, in a section or a year, and in a directory below one of these; a few others
 * beside them by their names; assets in their directory.
 */
export function* stalePages(top: Directory, kept: ReadonlySet<string>): Generator<StalePage> {
  // Keys and codes are composed (NFC); some file systems hand names back decomposed.
  const isKept = (path: string) => kept.has(path) || kept.has(path.normalize('NFC'));
  yield* staleFiles({ chain: [top], names: [], isKept }, AT_TOP);
  for (const section of top.names()) {
    const isAssets = section === ASSETS;
    if (section !== 'regions' && section !== 'studios' && !isAssets && !YEAR.test(section)) continue;
    const directory = enterQuietly(top, section);
    if (!directory) continue;
    const place = { chain: [top, directory], names: [section], isKept };
    try {
      if (isAssets) yield* staleFiles(place, staleAssets(directory, kept));
      else {
        for (const name of directory.names()) {
          if (IN_SECTION.includes(name) || isKept(`${section}/${name}/${PAGE}`)) continue;
          const inner = enterQuietly(directory, name);
          if (!inner) continue;
          try {
            yield* staleFiles({ chain: [top, directory, inner], names: [section, name], isKept }, [PAGE]);
          } finally {
            inner.close();
          }
        }
        yield* staleFiles(place, IN_SECTION);
      }
    } finally {
      directory.close();
    }
  }
}

/**
 * Assets that go: all but those that pages name, and of each of these the newest that came before it. A page of another
 * machine, or one that a browser has just loaded, may still ask for that.
 */
function staleAssets(directory: Directory, kept: ReadonlySet<string>): string[] {
  const versions = new Map<string, string[]>();
  const stale: string[] = [];
  const named = new Set([...kept].flatMap((path) => assetOf(path.slice(ASSETS.length + 1)) ?? []));
  for (const name of directory.names()) {
    const asset = assetOf(name);
    if (asset === null || kept.has(`${ASSETS}/${name}`)) continue;
    if (!named.has(asset)) stale.push(name);
    else versions.set(asset, [...(versions.get(asset) ?? []), name]);
  }
  for (const names of versions.values()) {
    const byAge = names.map((name) => ({ name, time: directory.timeOf(name) }));
    byAge.sort((a, b) => b.time - a.time || Number(a.name < b.name) - Number(a.name > b.name));
    stale.push(...byAge.slice(1).map(({ name }) => name));
  }
  return stale;
}

interface Place {
  /** From the public directory to that of the files. */
  readonly chain: readonly Directory[];
  /** Of all but the first. */
  readonly names: readonly string[];
  readonly isKept: (path: string) => boolean;
}

function* staleFiles({ chain, names, isKept }: Place, files: readonly string[]): Generator<StalePage> {
  const directory = chain.at(-1);
  if (!directory) return;
  for (const file of files) {
    const path = [...names, file].join('/');
    if (isKept(path)) continue;
    const bytes = directory.read(file);
    const origin = bytes ? originOf(file, bytes) : 'foreign';
    if (origin === 'foreign') continue;
    const remove = () => {
      directory.remove(file);
      removeLeftovers(directory, (of) => of === file);
      for (let at = names.length - 1; at >= 0; at--) chain[at]?.removeEmpty(names[at] ?? '');
    };
    yield { path, edited: origin === 'changed', remove };
  }
}

/** Anything but a directory, and a link to one, has no page of ours. */
function enterQuietly(directory: Directory, name: string): Directory | null {
  try {
    return directory.enter(name);
  } catch {
    return null;
  }
}
