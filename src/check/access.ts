import { at, listAt, show, textAt } from './document.ts';
import type { Patterns } from './pattern-rules.ts';
import type { NavigatorView } from './planned-view.ts';
import type { Rule } from './rule.ts';

/** Rules of access: a file that breaks one of them could open the site to everybody, or lock everybody out. */
export const accessRules: readonly Rule<NavigatorView>[] = [
  {
    name: 'auth-enabled',
    *check({ document }) {
      const enabled = at(document, 'auth', 'enabled');
      if (enabled !== true) yield `auth.enabled is ${show(enabled)}, not true`;
      // Navigator takes the realm `off` for a switch.
      const realm = textAt(document, 'auth', 'realm');
      if (!realm || realm === 'off') yield `auth.realm is ${show(realm)}`;
      const htpasswd = at(document, 'auth', 'htpasswd');
      if (typeof htpasswd !== 'string' || !htpasswd.startsWith('/')) {
        yield `auth.htpasswd is ${show(htpasswd)}, not an absolute path`;
      }
    },
  },
  {
    name: 'public-paths',
    *check({ document, root }) {
      for (const path of listAt(document, 'auth', 'public_paths')) {
        if (typeof path !== 'string' || !isNarrow(path, root))
          yield `the public path ${show(path)} opens too much`;
      }
    },
  },
  {
    name: 'auth-patterns',
    *check({ document }) {
      for (const item of listAt(document, 'auth', 'auth_patterns')) {
        const [pattern, action] = [at(item, 'pattern'), at(item, 'action')];
        if (typeof pattern !== 'string' || pattern === '') yield `an auth pattern is ${show(pattern)}`;
        if (action !== 'off') yield `the action of ${show(pattern)} is ${show(action)}, not "off"`;
      }
    },
  },
  {
    name: 'nothing-opened',
    *check(view) {
      for (const path of protectedPaths(view)) {
        const opener = openedBy(view, path);
        if (opener !== null) yield `${show(opener)} makes ${path} public`;
      }
    },
  },
];

/** A public path names a page, a directory below the root, or an extension. */
function isNarrow(path: string, root: string): boolean {
  if (path.startsWith('*')) return /^\*\.[A-Za-z0-9]+$/.test(path);
  const literal = path.split('*')[0] ?? '';
  return literal.startsWith('/') && literal !== '/' && literal !== `${root}/`;
}

/** Paths that need a login with any index, with invented names. */
function* protectedPaths({ years, root }: NavigatorView): Iterable<string> {
  yield `${root}/users`;
  yield `${root}/locations/1/edit`;
  for (const year of new Set(['2000', ...years])) {
    yield `${root}/${year}/nosuchstudio/people/1`;
    yield `${root}/${year}/nosuchstudio/nosuchevent/heats`;
  }
}

/** The public path or pattern by which Navigator serves a path without a login; null when it asks for one. */
export function openedBy({ document, patterns }: NavigatorView, path: string): string | null {
  for (const open of listAt(document, 'auth', 'public_paths')) {
    if (typeof open === 'string' && publicPathCovers(open, path, patterns)) return open;
  }
  for (const item of listAt(document, 'auth', 'auth_patterns')) {
    const pattern = textAt(item, 'pattern');
    if (pattern !== undefined && at(item, 'action') === 'off' && patterns.matches(pattern, path))
      return pattern;
  }
  return null;
}

/** The public paths that Navigator reads as globs, as patterns. */
export function publicGlobs(document: NavigatorView['document']): string[] {
  return listAt(document, 'auth', 'public_paths').flatMap((open) =>
    typeof open === 'string' && isGlob(open) ? [globPattern(open)] : [],
  );
}

function isGlob(open: string): boolean {
  return !open.startsWith('*') && open.includes('*');
}

/** As Navigator's `ShouldExcludeFromAuth` reads public paths: by suffix, by glob, by prefix, or as they stand. */
function publicPathCovers(open: string, path: string, patterns: Patterns): boolean {
  if (open.startsWith('*')) return path.endsWith(open.slice(1));
  if (isGlob(open)) return patterns.matches(globPattern(open), path);
  return open.endsWith('/') ? path.startsWith(open) : path === open;
}

/** Go's `filepath.Match`, in which `*` and `?` stop at a slash; classes and escapes are left as they are. */
function globPattern(glob: string): string {
  const body = glob
    .replace(/[.+()|{}^$]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return `^${body}$`;
}
