import { isTrouble, type LogLine } from '../run/log-lines.ts';

/** What is shown in one row: a line, or the heading of what a machine has said itself. */
export type LogRow = { readonly kind: 'line'; readonly line: LogLine } | Heading;

interface Heading {
  readonly kind: 'heading';
  /** The first one below it. */
  readonly line: LogLine;
  /** Lines below it. */
  count: number;
  readonly isFolded: boolean;
}

/** Hears what becomes of the rows, at once: places are those of that moment. */
export interface RowListener {
  /** From `at`, that many rows went, and others stand in their place. */
  spliced(at: number, removed: number, added: number): void;
  /** The heading at that place has another number of lines. */
  recounted(at: number): void;
}

/**
 * All lines of a log in order, and which of them are shown. Knows nothing of a page. What is added or replaced costs as
 * much as it is long, wherever it stands, and a move of what is behind it.
 */
export class LogModel {
  readonly #lines: LogLine[] = [];
  readonly #folded = new Set<string>();
  readonly #rows: LogRow[] = [];
  readonly #headings: Heading[] = [];
  readonly #found: LogLine[] = [];
  #isTroubleOnly = false;
  #text = '';
  listener: RowListener | null = null;

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  get rows(): readonly LogRow[] {
    return this.#rows;
  }

  /** Lines that are shown and have the text, in order. */
  get found(): readonly LogLine[] {
    return this.#found;
  }

  get text(): string {
    return this.#text;
  }

  /** Machines that have said something themselves. */
  get speakers(): ReadonlySet<string> {
    return new Set(this.#lines.flatMap(({ isQuoted, machine }) => (isQuoted && machine ? [machine] : [])));
  }

  /** Puts lines at the end. */
  add(lines: readonly LogLine[]): void {
    this.replace(this.#lines.length, 0, lines);
  }

  /** Puts other lines in the place of `count` lines from the place `at`, in order with those around them. */
  replace(at: number, count: number, lines: readonly LogLine[]): void {
    const [first, last] = [this.#rowOf(at), this.#rowOf(at + count)];
    const [before, next] = [this.#lines[at - 1], this.#lines[at + count]];
    const seqs = [this.#lines[at]?.seq, next?.seq] as const;
    splice(this.#lines, at, count, lines);

    const start = before ? this.#headingOf(before) : null;
    const countBefore = start?.count;
    const made = this.#made(lines, start);
    splice(this.#headings, ...between(this.#headings, seqs, ({ line }) => line.seq), made.headings);
    splice(this.#found, ...between(this.#found, seqs, ({ seq }) => seq), made.found);
    splice(this.#rows, first, last - first, made.rows);
    this.listener?.spliced(first, last - first, made.rows.length);
    if (next) this.#join(made.heading, next);
    if (start && start.count !== countBefore) this.listener?.recounted(this.#firstRowFrom(start.line.seq));
  }

  showTroubleOnly(isTroubleOnly: boolean): void {
    this.#isTroubleOnly = isTroubleOnly;
    this.#again();
  }

  /** @param text letters of either case; empty for no search */
  search(text: string): void {
    this.#text = text.trim().toLowerCase();
    this.#again();
  }

  isFolded(machine: string): boolean {
    return this.#folded.has(machine);
  }

  fold(machines: Iterable<string>, isFolded: boolean): void {
    for (const machine of machines) {
      if (isFolded) this.#folded.add(machine);
      else this.#folded.delete(machine);
    }
    this.#again();
  }

  /** Place among the lines of the first with that number or a higher one. */
  indexOf(seq: number): number {
    return lowerBound(this.#lines, seq, (line) => line.seq);
  }

  /** Place of the line of that number, or of the first after it; -1 for none. */
  placeOf(number: string): number {
    const seq = Number.parseInt(number, 10);
    const first = this.#firstRowFrom(seq);
    for (let at = first; this.#rows[at]?.line.seq === seq; at++) {
      const row = this.#rows[at];
      if (row?.kind === 'line' && row.line.number === number) return at;
    }
    return first < this.#rows.length ? first : -1;
  }

  /** Makes all rows anew. Its listener is not told: whoever asked for it shows them. */
  #again(): void {
    const { rows, headings, found } = this.#made(this.#lines, null);
    splice(this.#rows, 0, this.#rows.length, rows);
    splice(this.#headings, 0, this.#headings.length, headings);
    splice(this.#found, 0, this.#found.length, found);
  }

  #firstRowFrom(seq: number): number {
    return lowerBound(this.#rows, seq, ({ line }) => line.seq);
  }

  #rowOf(at: number): number {
    const line = this.#lines[at];
    return line ? this.#firstRowFrom(line.seq) : this.#rows.length;
  }

  #isBelowHeading({ isQuoted, machine }: LogLine): boolean {
    return isQuoted && machine !== null && !this.#isTroubleOnly;
  }

  /** The one that a line stands below; null for none. */
  #headingOf(line: LogLine): Heading | null {
    if (!this.#isBelowHeading(line)) return null;
    return this.#headings[lowerBound(this.#headings, line.seq + 1, (one) => one.line.seq) - 1] ?? null;
  }

  /** What is below the next heading goes below this one where it is of the same machine, and nothing is between them any more. */
  #join(heading: Heading | null, next: LogLine): void {
    if (heading === null || !this.#isBelowHeading(next) || heading.line.machine !== next.machine) return;
    const at = lowerBound(this.#headings, next.seq, ({ line }) => line.seq);
    const other = this.#headings[at];
    if (!other || other === heading || other.line !== next) return;
    const row = this.#firstRowFrom(next.seq);
    this.#headings.splice(at, 1);
    this.#rows.splice(row, 1);
    this.listener?.spliced(row, 1, 0);
    heading.count += other.count;
    this.listener?.recounted(this.#firstRowFrom(heading.line.seq));
  }

  /** Rows of lines that follow each other. @param heading that the line before them stands below; it is counted on */
  #made(lines: readonly LogLine[], heading: Heading | null) {
    const [rows, headings, found]: [LogRow[], Heading[], LogLine[]] = [[], [], []];
    let current = heading;
    for (const line of lines) {
      if (this.#isTroubleOnly && !isTrouble(line)) continue;
      if (this.#isBelowHeading(line)) {
        const isFolded = this.#folded.has(line.machine ?? '');
        if (current?.line.machine === line.machine) current.count += 1;
        else {
          current = { kind: 'heading', line, count: 1, isFolded };
          headings.push(current);
          rows.push(current);
        }
        if (isFolded) continue;
      } else current = null;
      rows.push({ kind: 'line', line });
      if (this.#text !== '' && line.text.toLowerCase().includes(this.#text)) found.push(line);
    }
    return { rows, headings, found, heading: current };
  }
}

/** Place of the first item whose number is `seq` or higher, in a list that is in order. */
function lowerBound<Item>(items: readonly Item[], seq: number, seqOf: (item: Item) => number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seqOf(items[middle] as Item) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Place and count of the items from one number up to another; a number that is absent means the end. */
function between<Item>(
  items: readonly Item[],
  [first, last]: readonly [first: number | undefined, last: number | undefined],
  seqOf: (item: Item) => number,
): [at: number, count: number] {
  const at = first === undefined ? items.length : lowerBound(items, first, seqOf);
  return [at, (last === undefined ? items.length : lowerBound(items, last, seqOf)) - at];
}

/** Items that are given to one call at most: each is an argument. */
const AT_ONCE = 10_000;

function splice<Item>(items: Item[], at: number, count: number, more: readonly Item[]): void {
  if (at + count === items.length) {
    items.length = at;
    for (const item of more) items.push(item);
    return;
  }
  items.splice(at, count, ...more.slice(0, AT_ONCE));
  for (let done = AT_ONCE; done < more.length; done += AT_ONCE)
    items.splice(at + done, 0, ...more.slice(done, done + AT_ONCE));
}
