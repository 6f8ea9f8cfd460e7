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

/** All lines of a log in order, and which of them are shown. Knows nothing of a page. */
export class LogModel {
  readonly #lines: LogLine[] = [];
  readonly #folded = new Set<string>();
  #rows: LogRow[] = [];
  /** That the last line stands below; null where it stands below none. */
  #heading: Heading | null = null;
  #isTroubleOnly = false;
  #text = '';
  /** Places in `rows` whose lines have the text. */
  #found: number[] = [];

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  get rows(): readonly LogRow[] {
    return this.#rows;
  }

  get found(): readonly number[] {
    return this.#found;
  }

  get text(): string {
    return this.#text;
  }

  /** Machines that have said something themselves. */
  get speakers(): ReadonlySet<string> {
    return new Set(this.#lines.flatMap(({ isQuoted, machine }) => (isQuoted && machine ? [machine] : [])));
  }

  add(lines: readonly LogLine[]): void {
    for (const line of lines) {
      this.#lines.push(line);
      this.#show(line);
    }
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

  /** Place of the line of that number, or of the first after it; -1 for none. */
  placeOf(number: string): number {
    const exact = this.#rows.findIndex((row) => row.kind === 'line' && row.line.number === number);
    if (exact >= 0) return exact;
    const seq = Number.parseInt(number, 10);
    return this.#rows.findIndex(({ line }) => line.seq >= seq);
  }

  #again(): void {
    this.#heading = null;
    this.#rows = [];
    this.#found = [];
    for (const line of this.#lines) this.#show(line);
  }

  #show(line: LogLine): void {
    if (this.#isTroubleOnly && !isTrouble(line)) return;
    if (line.isQuoted && line.machine !== null && !this.#isTroubleOnly) {
      const isFolded = this.#folded.has(line.machine);
      if (this.#heading?.line.machine === line.machine) this.#heading.count += 1;
      else {
        this.#heading = { kind: 'heading', line, count: 1, isFolded };
        this.#rows.push(this.#heading);
      }
      if (isFolded) return;
    } else this.#heading = null;
    this.#rows.push({ kind: 'line', line });
    if (this.#text !== '' && line.text.toLowerCase().includes(this.#text))
      this.#found.push(this.#rows.length - 1);
  }
}
