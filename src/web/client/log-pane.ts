import type { Clock, LogLine } from '../run/log-lines.ts';
import { LogModel, type LogRow } from './log-model.ts';
import { rowElement } from './log-row.ts';
import { MOST_ROWS, RowWindow } from './row-window.ts';

/** Rows by which the view moves where there are more. */
const STEP = 1000;
/** Pixels from the end at which the view counts as being there. */
const NEAR = 24;
/** Rows below the first that is seen, by which the view is found again should that one go. */
const CANDIDATES = 5;

/** A row that is seen, and where: pixels below the top of the view. */
interface Anchor {
  readonly item: Element;
  readonly top: number;
}

/**
 * Shows a log: a part of its rows, so that a long one does not stop the page. It follows new lines while the view is at
 * the end; what somebody reads stays where it is, whatever comes above or below it, and never moves while text is selected.
 */
export class LogPane {
  readonly model = new LogModel();
  readonly #scroller: HTMLElement;
  readonly #list: HTMLOListElement;
  readonly #news: HTMLElement;
  readonly #window: RowWindow;
  readonly #beganAt: () => string | null;
  #clock: Clock = 'local';
  #isFollowing: boolean;
  #unseen = 0;
  /** Where the view was last. */
  #lastTop = 0;
  /** Number of the line that the address names, or that a search has found. */
  #marked: string | null = null;

  constructor(
    scroller: HTMLElement,
    news: HTMLElement,
    options: { beganAt: () => string | null; isLive: boolean },
  ) {
    this.#scroller = scroller;
    this.#news = news;
    this.#beganAt = options.beganAt;
    this.#isFollowing = options.isLive;
    this.#list = scroller.querySelector('ol') ?? scroller.appendChild(document.createElement('ol'));
    this.#window = new RowWindow(this.model, this.#list, (row) => this.#element(row));
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    document.addEventListener('selectionchange', () => {
      if (this.#hasSelection()) this.#isFollowing = false;
    });
    news.querySelector('button')?.addEventListener('click', () => this.follow());
    scroller.addEventListener('click', (event) => this.#clicked(event));
  }

  add(lines: readonly LogLine[]): void {
    this.change(() => this.model.add(lines), lines.length);
  }

  /** @param work adds lines to the model, wherever; @param news how many of them are new to whoever looks */
  change(work: () => void, news: number): void {
    // Somebody may have gone up of whom the browser tells only with its next frame.
    if (this.#scroller.scrollTop < this.#lastTop) this.#scrolled();
    const anchors = this.#isFollowing ? [] : this.#anchors();
    work();
    if (this.#isFollowing) {
      if (this.#window.isBroken || !this.#window.isAtEnd) this.#showEnd();
      this.#window.trim('start');
      this.#window.sayMore();
      this.#toEnd();
      return;
    }
    this.#unseen += news;
    if (this.#window.isBroken) this.#showAround(anchors);
    else {
      const { from, to } = this.#window;
      const first = anchors.find(({ item }) => item.isConnected);
      const isLate = first !== undefined && this.#window.placeOf(first.item) > (from + to) / 2;
      this.#window.trim(isLate ? 'start' : 'end');
      this.#window.sayMore();
      this.#keep(anchors);
    }
    this.#showNews();
  }

  /** To the end, and on with it. */
  follow(): void {
    this.#isFollowing = true;
    this.#unseen = 0;
    if (!this.#window.isAtEnd) this.#showEnd();
    this.#toEnd();
    this.#showNews();
  }

  /** After the model's filters have changed, or the clock. */
  redraw(clock: Clock = this.#clock): void {
    this.#clock = clock;
    this.#showEnd();
    if (this.#isFollowing) this.#toEnd();
  }

  /** Shows the same rows by another clock. */
  showTimes(clock: Clock): void {
    this.#clock = clock;
    const [anchor] = this.#anchors();
    const at = anchor ? this.#window.placeOf(anchor.item) : -1;
    this.#window.show(this.#window.from, this.#window.to);
    const item = this.#window.itemAt(at);
    if (this.#isFollowing) this.#toEnd();
    else if (anchor && item) this.#keep([{ item, top: anchor.top }]);
  }

  /**
   * Brings a row into view.
   *
   * @param at its place in the model
   * @param isStale whether rows are shown otherwise since they were made
   */
  reveal(at: number, isStale = false): void {
    const row = this.model.rows[at];
    if (!row) return;
    this.#isFollowing = false;
    this.#marked = row.line.number;
    if (isStale || at < this.#window.from || at >= this.#window.to) {
      this.#window.show(Math.max(0, Math.min(at - STEP, this.model.rows.length - MOST_ROWS)));
    }
    for (const old of this.#list.querySelectorAll('.here')) old.classList.remove('here');
    const item = this.#window.itemAt(at);
    item?.classList.add('here');
    item?.scrollIntoView({ block: 'center' });
    this.#lastTop = this.#scroller.scrollTop;
  }

  /** Shows rows anew, with that which was seen where it was. */
  #showAround(anchors: readonly Anchor[]): void {
    const anchor = anchors.find(({ item }) => item.id !== '');
    const at = anchor ? this.model.placeOf(anchor.item.id.slice(1)) : this.#window.from;
    this.#window.show(Math.max(0, at - STEP));
    const item = this.#window.itemAt(at);
    if (anchor && item) this.#keep([{ item, top: anchor.top }]);
  }

  #showEnd(): void {
    const { length } = this.model.rows;
    this.#window.show(Math.max(0, length - MOST_ROWS), length);
  }

  #element(row: LogRow): HTMLLIElement {
    const item = rowElement(row, { clock: this.#clock, beganAt: this.#beganAt(), text: this.model.text });
    if (row.kind === 'line' && row.line.number === this.#marked) item.classList.add('here');
    return item;
  }

  #clicked({ target }: Event): void {
    const button = target instanceof Element ? target.closest('button') : null;
    if (!button) return;
    const { machine, more } = button.dataset;
    if (machine !== undefined) this.#fold(machine, button);
    else if (more !== undefined) this.#move(more);
  }

  /** To another part of the log. */
  #move(more: string): void {
    const { length } = this.model.rows;
    const { from, to } = this.#window;
    const isEarlier = more === 'earlier';
    const anchor = isEarlier ? from : to - 1;
    this.#window.show(isEarlier ? Math.max(0, from - STEP) : Math.min(length - MOST_ROWS, from + STEP));
    this.#window.itemAt(anchor)?.scrollIntoView({ block: isEarlier ? 'start' : 'end' });
    this.#lastTop = this.#scroller.scrollTop;
    this.#scroller.focus({ preventScroll: true });
  }

  #fold(machine: string, button: HTMLButtonElement): void {
    const { scrollTop } = this.#scroller;
    const at = [...this.#list.querySelectorAll('button[data-machine]')].indexOf(button);
    this.model.fold([machine], !this.model.isFolded(machine));
    const { length } = this.model.rows;
    this.#window.show(Math.max(0, Math.min(this.#window.from, length - 1)));
    this.#scroller.scrollTop = scrollTop;
    this.#list.querySelectorAll<HTMLElement>('button[data-machine]')[at]?.focus({ preventScroll: true });
  }

  /** New lines are followed from where somebody goes down to the end, until she goes up: by wheel, touch, keys or bar. */
  #scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const isAtEnd = scrollHeight - scrollTop - clientHeight <= NEAR && this.#window.isAtEnd;
    const isUp = scrollTop < this.#lastTop;
    this.#lastTop = scrollTop;
    if (isUp) this.#isFollowing = false;
    else if (isAtEnd) this.#isFollowing = !this.#hasSelection();
    if (isAtEnd && !isUp) this.#unseen = 0;
    this.#showNews();
  }

  #toEnd(): void {
    if (!this.#hasSelection()) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#lastTop = this.#scroller.scrollTop;
  }

  /** The first rows that are seen. */
  #anchors(): Anchor[] {
    const { children } = this.#list;
    const view = this.#scroller.getBoundingClientRect().top;
    const topOf = (item: Element): number => item.getBoundingClientRect().top - view;
    let [low, high] = [0, children.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = children[middle];
      if (item && item.getBoundingClientRect().bottom <= view) low = middle + 1;
      else high = middle;
    }
    const seen = Array.from({ length: CANDIDATES }, (_, at) => children[low + at]);
    return seen.flatMap((item) => (item && !item.matches('.more') ? [{ item, top: topOf(item) }] : []));
  }

  /** Has the first of them that is still there where it was. */
  #keep(anchors: readonly Anchor[]): void {
    const anchor = anchors.find(({ item }) => item.isConnected);
    if (!anchor) return;
    const { top } = anchor.item.getBoundingClientRect();
    const moved = top - this.#scroller.getBoundingClientRect().top - anchor.top;
    // Half a pixel is the rounding of the browser.
    if (Math.abs(moved) >= 0.5) this.#scroller.scrollTop += moved;
    this.#lastTop = this.#scroller.scrollTop;
  }

  #hasSelection(): boolean {
    const selection = document.getSelection();
    return selection !== null && !selection.isCollapsed && this.#scroller.contains(selection.anchorNode);
  }

  #showNews(): void {
    const words = `${this.#unseen} new ${this.#unseen === 1 ? 'line' : 'lines'}`;
    this.#news.hidden = this.#unseen === 0;
    const button = this.#news.querySelector('button');
    if (button && button.textContent !== words) button.textContent = words;
  }
}
