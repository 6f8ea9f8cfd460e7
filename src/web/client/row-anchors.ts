/** Rows below the first that is seen, by which the view is found again should that one go. */
const CANDIDATES = 5;

/** A row that is seen, and where: pixels below the top of the view. */
export interface Anchor {
  readonly item: Element;
  readonly top: number;
}

/** The first rows that are seen, those first that begin there: of another width, only they begin where they did. */
export function anchorsIn(scroller: Element, list: Element): Anchor[] {
  const { children } = list;
  const { top: view, height } = scroller.getBoundingClientRect();
  const topOf = (item: Element): number => item.getBoundingClientRect().top - view;
  let [low, high] = [0, children.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = children[middle];
    if (item && item.getBoundingClientRect().bottom <= view) low = middle + 1;
    else high = middle;
  }
  const seen = Array.from({ length: CANDIDATES }, (_, at) => children[low + at]);
  const anchors = seen.flatMap((item) =>
    item && !item.matches('.more') ? [{ item, top: topOf(item) }] : [],
  );
  const beginsThere = ({ top }: Anchor): boolean => top > -1 && top < height;
  return [...anchors.filter(beginsThere), ...anchors.filter((anchor) => !beginsThere(anchor))];
}

/** Scrolls so that the first of them that is still there is where it was. */
export function keepInPlace(scroller: Element, anchors: readonly Anchor[]): void {
  const anchor = anchors.find(({ item }) => item.isConnected);
  if (!anchor) return;
  const { top } = anchor.item.getBoundingClientRect();
  const moved = top - scroller.getBoundingClientRect().top - anchor.top;
  // Half a pixel is the rounding of the browser.
  if (Math.abs(moved) >= 0.5) scroller.scrollTop += moved;
}
