import type { LogModel, LogRow, RowListener } from './log-model.ts';

/** Rows that are in the page at most. */
export const MOST_ROWS = 2000;

/**
 * The rows of a log that are in the page, as items of a list. What changes among them changes in the page, and no other
 * item: the selection and the focus stay in those that stay.
 */
export class RowWindow implements RowListener {
  readonly #model: LogModel;
  readonly #list: HTMLOListElement;
  readonly #element: (row: LogRow) => HTMLLIElement;
  #from = 0;
  #to = 0;
  /** Whether so much has come at once that the rows have to be chosen anew. */
  #isBroken = false;
  #isShown = false;

  constructor(model: LogModel, list: HTMLOListElement, element: (row: LogRow) => HTMLLIElement) {
    this.#model = model;
    this.#list = list;
    this.#element = element;
    model.listener = this;
  }

  /** Places of the rows in the page: from, up to but not with. */
  get from(): number {
    return this.#from;
  }

  get to(): number {
    return this.#to;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  get isAtEnd(): boolean {
    return this.#to === this.#model.rows.length;
  }

  /** Puts other rows into the page. */
  show(from: number, to = from + MOST_ROWS): void {
    const { length } = this.#model.rows;
    this.#to = Math.min(length, to);
    this.#from = Math.max(0, Math.min(from, this.#to));
    this.#isShown = true;
    this.#isBroken = false;
    this.#list.replaceChildren(...this.#model.rows.slice(this.#from, this.#to).map(this.#element));
    this.sayMore();
  }

  itemAt(at: number): Element | undefined {
    if (at < this.#from || at >= this.#to) return undefined;
    return this.#list.children[this.#offset + at - this.#from];
  }

  placeOf(item: Element): number {
    return this.#from + [...this.#list.children].indexOf(item) - this.#offset;
  }

  spliced(at: number, removed: number, added: number): void {
    if (!this.#isShown || this.#isBroken) return;
    const wasAtEnd = this.#to === this.#model.rows.length - added + removed;
    const isBefore = at + removed <= this.#from && (at < this.#from || this.#from > 0);
    if (isBefore) {
      this.#from += added - removed;
      this.#to += added - removed;
      return;
    }
    if (at > this.#to || (at === this.#to && !wasAtEnd)) return;
    const isAtStart = at === this.#from && removed < this.#to - this.#from;
    if (at < this.#from || at + removed > this.#to || (added > MOST_ROWS && !isAtStart)) {
      this.#isBroken = true;
      return;
    }
    for (let count = 0; count < removed; count++) this.itemAt(at)?.remove();
    if (added > MOST_ROWS) {
      // So many stay before those in the page.
      this.#from += added;
      this.#to += added - removed;
      return;
    }
    const next = this.#list.children[this.#offset + at - this.#from] ?? null;
    const made = document.createDocumentFragment();
    made.append(...this.#model.rows.slice(at, at + added).map(this.#element));
    this.#list.insertBefore(made, next);
    this.#to += added - removed;
  }

  recounted(at: number): void {
    const row = this.#model.rows[at];
    const item = this.itemAt(at);
    const button = item?.querySelector('button');
    if (row && button && this.#isShown && !this.#isBroken)
      button.textContent = this.#element(row).querySelector('button')?.textContent ?? '';
  }

  /** Takes rows out of the page where there are too many of them. */
  trim(side: 'start' | 'end'): void {
    for (; this.#to - this.#from > MOST_ROWS; ) {
      if (side === 'start') {
        this.#list.children[this.#offset]?.remove();
        this.#from += 1;
      } else {
        this.itemAt(this.#to - 1)?.remove();
        this.#to -= 1;
      }
    }
  }

  /** Says how many rows there are before and after those in the page. */
  sayMore(): void {
    if (!this.#isShown) return;
    this.#say('earlier', this.#from);
    this.#say('later', this.#model.rows.length - this.#to);
  }

  /** Items before the first row. */
  get #offset(): number {
    return this.#list.firstElementChild?.classList.contains('earlier') ? 1 : 0;
  }

  #say(which: 'earlier' | 'later', count: number): void {
    const end = which === 'earlier' ? this.#list.firstElementChild : this.#list.lastElementChild;
    const old = end?.classList.contains(which) ? end : null;
    if (count === 0) {
      old?.remove();
      return;
    }
    const words = `${count} ${which} ${count === 1 ? 'line' : 'lines'}`;
    const button = old?.querySelector('button');
    if (button) {
      if (button.textContent !== words) button.textContent = words;
    } else if (which === 'earlier') this.#list.prepend(moreRow(which, words));
    else this.#list.append(moreRow(which, words));
  }
}

function moreRow(which: 'earlier' | 'later', words: string): HTMLLIElement {
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.dataset['more'] = which;
  button.textContent = words;
  item.className = `more ${which}`;
  item.append(button);
  return item;
}
