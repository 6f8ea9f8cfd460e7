/* HTTP and this program write an ETag in quotes; inventories, shells and some stores leave them out. */

/** With its quotes: as a store gives it. */
export function quotedEtag(etag: string): string {
  return etag.endsWith('"') ? etag : `"${etag}"`;
}

/** Without its quotes, and without the sign of a weak one. */
export function bareEtag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}

/** Whether two ETags name the same object, with or without quotes. */
export function sameEtag(a: string, b: string): boolean {
  return bareEtag(a) === bareEtag(b);
}
