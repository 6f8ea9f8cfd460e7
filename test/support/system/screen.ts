/** A row of a terminal; `more` when the line goes on in the next one because it was too long. */
interface Row {
  text: string;
  more: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what it reads
const SEQUENCE = /\x1b\[(\??\d*)([A-Za-z])/y;

/**
 * What a person sees of what was written to a terminal: enough of one for programs that draw in place. All rows are
 * kept, also those that have scrolled out of sight.
 */
export class TerminalScreen {
  columns: number;
  #rows: Row[] = [{ text: '', more: false }];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): void {
    for (let at = 0; at < text.length; ) {
      SEQUENCE.lastIndex = at;
      const found = SEQUENCE.exec(text);
      if (found) {
        this.#obey(found[2] ?? '', found[1] ?? '');
        at = SEQUENCE.lastIndex;
        continue;
      }
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      this.#put(character);
      at += character.length;
    }
  }

  /** As terminals do it today: lines that were broken are broken anew. */
  resize(columns: number): void {
    const lines: string[] = [];
    let cursorLine = 0;
    for (const [at, { text }] of this.#rows.entries()) {
      if (at > 0 && this.#rows[at - 1]?.more) lines.push((lines.pop() ?? '') + text);
      else lines.push(text);
      if (at === this.#row) cursorLine = lines.length - 1;
    }
    this.columns = columns;
    this.#rows = [];
    for (const [at, line] of lines.entries()) {
      if (at === cursorLine) this.#row = this.#rows.length;
      const pieces = line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''];
      this.#rows.push(...pieces.map((text, nth) => ({ text, more: nth < pieces.length - 1 })));
    }
    this.#column = 0;
  }

  /** Whole lines, without spaces at their ends. */
  get lines(): string[] {
    return this.#rows.map(({ text }) => text.trimEnd());
  }

  get text(): string {
    return this.lines.join('\n');
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#down(false);
    else {
      if (this.#column >= this.columns) this.#down(true);
      const row = this.#current();
      const cells = [...row.text.padEnd(this.#column)];
      cells[this.#column] = character;
      row.text = cells.join('');
      this.#column += 1;
    }
  }

  /** The cursor alone goes down: no line ends. */
  #below(): void {
    this.#row += 1;
    this.#rows[this.#row] ??= { text: '', more: false };
  }

  #down(wrapped: boolean): void {
    this.#current().more = wrapped;
    this.#row += 1;
    this.#column = 0;
    this.#rows[this.#row] ??= { text: '', more: false };
  }

  #current(): Row {
    const row = this.#rows[this.#row] ?? { text: '', more: false };
    this.#rows[this.#row] = row;
    return row;
  }

  #obey(command: string, argument: string): void {
    const count = Number(argument || 1);
    if (command === 'A') this.#row = Math.max(0, this.#row - count);
    else if (command === 'B') for (let at = 0; at < count; at += 1) this.#below();
    else if (command === 'C') this.#column = Math.min(this.columns - 1, this.#column + count);
    else if (command === 'D') this.#column = Math.max(0, this.#column - count);
    else if (command === 'G') this.#column = count - 1;
    else if (command === 'K' && argument === '2') this.#current().text = '';
    else if (command === 'J' || command === 'K') {
      if (command === 'J') this.#rows.length = this.#row + 1;
      this.#current().text = [...this.#current().text].slice(0, this.#column).join('');
    } else if (!/^[mhl]$/.test(command))
      throw new Error(`a sequence that is not known: ${argument}${command}`);
  }
}
