import type { Clock, LogLine } from '../run/log-lines.ts';
import { LogModel } from './log-model.ts';
import { rowElement } from './log-row.ts';

/** Rows that are in the page at most. */
const MOST_ROWS = 2000;
/** Rows by which the view moves where there are more. */
const STEP = 1000;
/** Pixels from the end at which the view counts as being there. */
const NEAR = 24;

/**
 * Shows a log: a part of its rows, so that a long one does not stop the page. It follows new lines while the view is at
 * the end, and never moves while somebody has selected text in it.
 */
export class LogPane {
  readonly model = new LogModel();
  readonly #scroller: HTMLElement;
  readonly #list: HTMLOListElement;
  readonly #news: HTMLElement;
  readonly #beganAt: () => string | null;
  #clock: Clock = 'local';
  /** Rows that are in the page: from, up to but not with. */
  #from = 0;
  #to = 0;
  #isFollowing: boolean;
  #unseen = 0;
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
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    document.addEventListener('selectionchange', () => {
      if (this.#hasSelection()) this.#isFollowing = false;
    });
    news.querySelector('button')?.addEventListener('click', () => this.follow());
    scroller.addEventListener('click', (event) => this.#clicked(event));
  }

  add(lines: readonly LogLine[]): void {
    const wasAtEnd = this.#to === this.model.rows.length;
    const last = this.model.rows.length;
    this.model.add(lines);
    const { length } = this.model.rows;
    if (!this.#isFollowing) {
      this.#unseen += lines.length;
      // What is seen stays where it is; a part that is not full takes more below.
      if (wasAtEnd && length - this.#from <= MOST_ROWS) this.#append(last);
      this.#showNews();
      return;
    }
    if (wasAtEnd) this.#append(last);
    else this.#show(Math.max(0, length - MOST_ROWS), length);
    this.#toEnd();
  }

  /** To the end, and on with it. */
  follow(): void {
    const { length } = this.model.rows;
    this.#isFollowing = true;
    this.#unseen = 0;
    if (this.#to !== length) this.#show(Math.max(0, length - MOST_ROWS), length);
    this.#toEnd();
    this.#showNews();
  }

  /** After the model's filters have changed, or the clock. */
  redraw(clock: Clock = this.#clock): void {
    this.#clock = clock;
    const { length } = this.model.rows;
    this.#show(Math.max(0, length - MOST_ROWS), length);
    if (this.#isFollowing) this.#toEnd();
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
    if (isStale || at < this.#from || at >= this.#to) {
      const from = Math.max(0, Math.min(at - STEP, this.model.rows.length - MOST_ROWS));
      this.#show(from, Math.min(this.model.rows.length, from + MOST_ROWS));
    }
    for (const old of this.#list.querySelectorAll('.here')) old.classList.remove('here');
    const item = this.#itemAt(at);
    item?.classList.add('here');
    item?.scrollIntoView({ block: 'center' });
  }

  #itemAt(at: number): Element | undefined {
    return [...this.#list.querySelectorAll('li:not(.more)')][at - this.#from];
  }

  #append(from: number): void {
    this.#list.querySelector('.more.later')?.remove();
    const more = this.model.rows.slice(Math.max(from - 1, this.#from), this.model.rows.length);
    // The last row may be a heading that has got more lines.
    if (from > this.#from) this.#list.lastElementChild?.remove();
    this.#list.append(...more.map((row) => this.#element(row)));
    this.#to = this.model.rows.length;
    if (this.#to - this.#from > MOST_ROWS) this.#show(this.#to - MOST_ROWS, this.#to);
  }

  #show(from: number, to: number): void {
    this.#from = from;
    this.#to = to;
    const rows = this.model.rows.slice(from, to).map((row) => this.#element(row));
    const before = from > 0 ? [moreRow('earlier', from)] : [];
    const after = to < this.model.rows.length ? [moreRow('later', this.model.rows.length - to)] : [];
    this.#list.replaceChildren(...before, ...rows, ...after);
  }

  #element(row: LogModel['rows'][number]): HTMLLIElement {
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
    const from =
      more === 'earlier' ? Math.max(0, this.#from - STEP) : Math.min(length - MOST_ROWS, this.#from + STEP);
    const anchor = more === 'earlier' ? this.#from : this.#to - 1;
    this.#show(from, Math.min(length, from + MOST_ROWS));
    this.#itemAt(anchor)?.scrollIntoView({ block: more === 'earlier' ? 'start' : 'end' });
    this.#scroller.focus({ preventScroll: true });
  }

  #fold(machine: string, button: HTMLButtonElement): void {
    const { scrollTop } = this.#scroller;
    const at = [...this.#list.querySelectorAll('button[data-machine]')].indexOf(button);
    this.model.fold([machine], !this.model.isFolded(machine));
    const to = Math.min(this.model.rows.length, this.#from + MOST_ROWS);
    this.#show(Math.min(this.#from, Math.max(0, to - 1)), to);
    this.#scroller.scrollTop = scrollTop;
    this.#list.querySelectorAll<HTMLElement>('button[data-machine]')[at]?.focus({ preventScroll: true });
  }

  #scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const isAtEnd = scrollHeight - scrollTop - clientHeight <= NEAR && this.#to === this.model.rows.length;
    this.#isFollowing = isAtEnd && !this.#hasSelection();
    if (isAtEnd) this.#unseen = 0;
    this.#showNews();
  }

  #toEnd(): void {
    if (!this.#hasSelection()) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #hasSelection(): boolean {
    const selection = document.getSelection();
    return selection !== null && !selection.isCollapsed && this.#scroller.contains(selection.anchorNode);
  }

  #showNews(): void {
    this.#news.hidden = this.#unseen === 0;
    const button = this.#news.querySelector('button');
    if (button) button.textContent = `${this.#unseen} new ${this.#unseen === 1 ? 'line' : 'lines'}`;
  }
}

function moreRow(which: 'earlier' | 'later', count: number): HTMLLIElement {
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.dataset['more'] = which;
  button.textContent = `${count} ${which} lines`;
  item.className = `more ${which}`;
  item.append(button);
  return item;
}
