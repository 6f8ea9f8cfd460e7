// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what it reads
const SEQUENCE = /\x1b\[(\d*)([A-Za-z])/y;

/**
 * A terminal of so many rows within tmux, which keeps what scrolls out of sight, and all that is on the screen when that is
 * cleared as a whole (`scroll-on-clear`).
 */
export class Scrollback {
  readonly history: string[] = [];
  readonly #columns: number;
  #rows: string[];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = Array.from({ length: rows }, () => '');
  }

  /** Rows that are in sight, without those below that are empty. */
  get shown(): string[] {
    const rows = this.#rows.map((text) => text.trimEnd());
    return rows.slice(0, rows.findLastIndex((text) => text !== '') + 1);
  }

  write(text: string): void {
    for (let at = 0; at < text.length; ) {
      SEQUENCE.lastIndex = at;
      const [whole, argument = '', command = ''] = SEQUENCE.exec(text) ?? [];
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      if (whole === undefined) this.#put(character);
      else this.#obey(command, argument);
      at += (whole ?? character).length;
    }
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#down();
    else {
      if (this.#column >= this.#columns) this.#down();
      const cells = [...(this.#rows[this.#row] ?? '').padEnd(this.#column)];
      cells[this.#column] = character;
      this.#rows[this.#row] = cells.join('');
      this.#column += 1;
    }
  }

  #down(): void {
    this.#column = 0;
    if (this.#row < this.#rows.length - 1) this.#row += 1;
    else {
      this.history.push((this.#rows.shift() ?? '').trimEnd());
      this.#rows.push('');
    }
  }

  #obey(command: string, argument: string): void {
    if (command === 'A') this.#row = Math.max(0, this.#row - Number(argument || 1));
    else if (command === 'K' || command === 'J') {
      if (command === 'J' && this.#row === 0 && this.#column === 0) this.history.push(...this.shown);
      this.#rows[this.#row] = [...(this.#rows[this.#row] ?? '')].slice(0, this.#column).join('');
      if (command === 'J') this.#rows.fill('', this.#row + 1);
    } else if (command !== 'm') throw new Error(`a sequence that is not known: ${argument}${command}`);
  }
}
