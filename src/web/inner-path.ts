/** A request's path below the base. */
export interface InnerPath {
  /** As it is routed: without `.json`. */
  readonly path: string;
  readonly isJson: boolean;
  /** Steps up from the page to the base, as text: empty, or `../` so many times. */
  readonly up: string;
}

const JSON_SUFFIX = '.json';

/**
 * @param pathname as the browser has encoded it
 * @param folders paths of pages that end with a slash: `/requests.json` is `/requests/`
 * @returns null for a path outside of the base
 */
export function innerPathOf(pathname: string, base: string, folders: ReadonlySet<string>): InnerPath | null {
  if (!pathname.startsWith(`${base}/`)) return null;
  const inner = pathname.slice(base.length);
  const up = '../'.repeat(inner.split('/').length - 2);
  if (!inner.endsWith(JSON_SUFFIX)) return { path: inner, isJson: false, up };
  const bare = inner.slice(0, -JSON_SUFFIX.length);
  return { path: folders.has(`${bare}/`) ? `${bare}/` : bare, isJson: true, up };
}

/**
 * Address of a path below the base, relative to a page's: the browser may know the page by another host and another
 * base, but always by the same path below it.
 *
 * @param path begins with a slash, and may have a query
 */
export function relativeTo(up: string, path: string): string {
  const bare = path.replace(/^\/+/, '');
  return `${up === '' ? './' : up}${bare}`;
}
