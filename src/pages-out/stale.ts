import type { Directory } from './directory.ts';
import { removeLeftovers } from './page-place.ts';
import { sealOf } from './seal.ts';

/** A page in the public directory that no longer belongs to this site. */
export interface StalePage {
  readonly path: string;
  /** Whether it was changed by hand since it was written. */
  readonly edited: boolean;
  /** Removes it, and its directories where nothing else is left in them. */
  remove(): void;
}

const PAGE = 'index.html';
const YEAR = /^[0-9]{4}$/;

/**
 * Pages that this renderer once wrote and that are not among those to be kept. It looks only where such pages can
 * stand: `index.html` at the top, in a section or a year, and in a directory below one of these.
 */
export function* stalePages(top: Directory, kept: ReadonlySet<string>): Generator<StalePage> {
  // Keys and codes are composed (NFC); some file systems hand names back decomposed.
  const isKept = (path: string) => kept.has(path) || kept.has(path.normalize('NFC'));
  yield* stalePage([top], [], isKept);
  for (const section of top.names()) {
    if (section !== 'regions' && section !== 'studios' && !YEAR.test(section)) continue;
    const directory = enterQuietly(top, section);
    if (!directory) continue;
    try {
      for (const name of directory.names()) {
        if (name === PAGE || isKept(`${section}/${name}/${PAGE}`)) continue;
        const inner = enterQuietly(directory, name);
        if (!inner) continue;
        try {
          yield* stalePage([top, directory, inner], [section, name], isKept);
        } finally {
          inner.close();
        }
      }
      yield* stalePage([top, directory], [section], isKept);
    } finally {
      directory.close();
    }
  }
}

/** @param chain from the public directory to the page's own; `names` are those of all but the first */
function* stalePage(
  chain: readonly Directory[],
  names: readonly string[],
  isKept: (path: string) => boolean,
): Generator<StalePage> {
  const path = [...names, PAGE].join('/');
  const directory = chain.at(-1);
  if (!directory || isKept(path)) return;
  const bytes = directory.read(PAGE);
  const state = bytes ? sealOf(bytes) : 'foreign';
  if (state === 'foreign') return;
  const remove = () => {
    directory.remove(PAGE);
    removeLeftovers(directory);
    for (let at = names.length - 1; at >= 0; at--) chain[at]?.removeEmpty(names[at] ?? '');
  };
  yield { path, edited: state === 'changed', remove };
}

/** Anything but a directory, and a link to one, has no page of ours. */
function enterQuietly(directory: Directory, name: string): Directory | null {
  try {
    return directory.enter(name);
  } catch {
    return null;
  }
}
