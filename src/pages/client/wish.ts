/** What a visitor looks for: words, and a town of the list by its name. Either may be empty. */
export interface Wish {
  readonly find: string;
  readonly near: string;
}

/** What stands behind `#`, as `find=tea+dance&near=Boston`; null for a place within the page, such as `#us-ma`. */
export function readWish(hash: string): Wish | null {
  const parts = new URLSearchParams(hash.slice(1));
  return hash.includes('=') ? { find: parts.get('find') ?? '', near: parts.get('near') ?? '' } : null;
}

/** With its `#`; empty where nothing is wished. */
export function writeWish(wish: Wish): string {
  const parts = String(new URLSearchParams(Object.entries(wish).filter(([, value]) => value)));
  return parts && `#${parts}`;
}
