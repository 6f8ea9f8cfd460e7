import { hash } from 'node:crypto';
import type { Page } from './page.ts';

/** What an asset can be: endings that Navigator serves. */
type AssetKind = 'css' | 'js' | 'svg' | 'png' | 'ico';

/**
 * A file that several pages share. Its name has a digest of its bytes, so browsers may keep it for ever; it is below
 * `assets/`, for which Navigator asks for no login and says just that.
 */
export interface Asset extends Page {
  /** Below the public directory, such as `assets/pages-style-0123456789abcdef.css`. */
  readonly path: string;
}

/** Hexadecimal digits of a digest in a name. */
const DIGITS = 16;

/**
 * An asset with a name of its own, such as `style`: lower-case letters, with single hyphens. Pages lead to it with
 * `Links.asset`; it is written if it is also in the list of `planPages`.
 */
export function makeAsset(name: string, kind: AssetKind, content: string | Buffer): Asset {
  const digest = hash('sha256', content).slice(0, DIGITS);
  return { path: `assets/pages-${name}-${digest}.${kind}`, render: () => content };
}
