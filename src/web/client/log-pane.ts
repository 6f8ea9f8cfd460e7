import type { Clock, LogLine } from '../run/log-lines.ts';
import { LogModel, type LogRow } from './log-model.ts';
import { rowElement } from './log-row.ts';
import { type Anchor, anchorsIn, keepInPlace } from './row-anchors.ts';
import { MOST_ROWS, RowWindow } from './row-window.ts';

/** Rows by which the view moves where there are more. */
const STEP = 1000;
/** Pixels from the end at which the view counts as being there. */
const NEAR = 24;

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
  /** Where the view was last, of what size, and which rows were seen by whoever does not follow. */
  #lastTop = 0;
  #lastSize = '';
  #seen: readonly Anchor[] = [];
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
      if (!this.#isFollowing || !this.#hasSelection()) return;
      this.#isFollowing = false;
      this.#remember();
    });
    const resized = new ResizeObserver(() => this.#resized());
    for (const element of [scroller, this.#list]) resized.observe(element);
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
    this.#remember();
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
    this.#remember();
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
    const left = scrollHeight - scrollTop - clientHeight;
    const isAtEnd = left <= NEAR && this.#window.isAtEnd;
    // Where the log gets shorter, the browser takes the view up to its new end: that is nobody who goes up.
    const isUp = scrollTop < this.#lastTop && left >= 1;
    const isDown = scrollTop > this.#lastTop;
    this.#lastTop = scrollTop;
    if (isUp) this.#isFollowing = false;
    else if (isDown && isAtEnd) {
      this.#isFollowing = !this.#hasSelection();
      this.#unseen = 0;
    }
    // Of another size, the rows that were seen are still to be brought back to their place.
    if (this.#size === this.#lastSize) this.#remember();
    this.#showNews();
  }

  /** Its lines are wrapped otherwise, or the window has got another size: the end stays in view, or what is read. */
  #resized(): void {
    if (this.#scroller.scrollTop < this.#lastTop) this.#scrolled();
    if (!this.#isFollowing) this.#keep(this.#seen);
    else if (this.#size !== this.#lastSize) this.#toEnd();
  }

  #toEnd(): void {
    if (!this.#hasSelection()) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#remember();
  }

  #remember(): void {
    this.#lastTop = this.#scroller.scrollTop;
    this.#lastSize = this.#size;
    this.#seen = this.#isFollowing ? [] : this.#anchors();
  }

  /** Width, too: where it changes, lines are wrapped otherwise. */
  get #size(): string {
    const { scrollHeight, clientHeight, clientWidth } = this.#scroller;
    return `${scrollHeight} ${clientHeight} ${clientWidth}`;
  }

  #anchors(): Anchor[] {
    return anchorsIn(this.#scroller, this.#list);
  }

  /** Has the first of them that is still there where it was. */
  #keep(anchors: readonly Anchor[]): void {
    keepInPlace(this.#scroller, anchors);
    this.#remember();
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
