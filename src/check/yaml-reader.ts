/**
 * Reads exactly the YAML that `generate/yaml.ts` writes (its docstring is the grammar), and nothing else: whatever is
 * outside the subset is an error with its line, be it good YAML or not. So a file that this reader takes means the same
 * to Navigator and to Ruby, and one that was cut short within a line, or damaged, is not taken. Linear in the text.
 */

/** A mapping is a `Map` in the order of the document. A Ruby symbol `:name` is the string `:name`. */
export type YamlNode = string | number | boolean | null | YamlNode[] | YamlMap;
export type YamlMap = Map<string | number, YamlNode>;

export class YamlError extends Error {
  /** Line in the text, from 1. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.name = 'YamlError';
    this.line = line;
  }
}

/**
 * @returns the document, a mapping.
 * @throws {YamlError}
 */
export function readYaml(text: string): YamlMap {
  return text === '{}\n' ? new Map() : new Reader(text).mapping(0);
}

/** Words that mean something else to some reader of YAML, in lower case. */
const RESERVED: ReadonlySet<string> = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null']);

const PLAIN = /[A-Za-z/][A-Za-z0-9_./-]*/y;
const SYMBOL = /:[a-z_][a-z0-9_]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:e[+-][0-9]+)?)?/y;
const INTEGER = /^-?[0-9]+$/;
/** What YAML lets nobody write raw, beyond the control characters of ASCII. */
const NOT_RAW = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u;

/** Columns; more than any configuration needs. The reader works by recursion. */
const DEEPEST_INDENT = 200;

const LF = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const DASH = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const DELETE = 0x7f;

class Reader {
  private at = 0;
  private readonly text: string;
  /** Each distinct key once: a large document has few. */
  private readonly keys = new Map<string, string>();

  constructor(text: string) {
    this.text = text;
  }

  /** Begins behind the indent of its first line, ends before the indent of the line after it. */
  mapping(indent: number): YamlMap {
    if (indent > DEEPEST_INDENT) this.fail('nested too deeply');
    const map: YamlMap = new Map();
    do {
      const key = this.key();
      if (map.has(key)) this.fail(`the key ${JSON.stringify(key).slice(0, 80)} is there twice`);
      if (this.code() !== COLON) this.fail('a key ends with a colon');
      this.at += 1;
      map.set(key, this.value(indent));
    } while (this.another(indent));
    return map;
  }

  private list(indent: number): YamlNode[] {
    const items: YamlNode[] = [];
    do {
      if (!this.atDash()) this.fail('a list item begins with a dash and a space');
      this.at += 2;
      items.push(this.item(indent));
    } while (this.another(indent));
    return items;
  }

  /** Steps over the indent of the next line when it belongs to the block at `indent`. */
  private another(indent: number): boolean {
    const found = this.indentAhead();
    if (found < indent || this.at === this.text.length) return false;
    if (found > indent) this.fail(`indented by ${found} spaces where ${indent} are right`);
    this.at += found;
    return true;
  }

  private value(indent: number): YamlNode {
    if (this.code() === SPACE) {
      this.at += 1;
      return this.inline();
    }
    this.lineEnd('a space or a line end follows the colon of a key');
    const found = this.indentAhead();
    if (found !== indent + 2) this.fail(`a block indented by ${indent + 2} spaces belongs here`);
    this.at += found;
    return this.atDash() ? this.list(found) : this.mapping(found);
  }

  /** A mapping when a key and a colon stand behind the dash, else what fits on the line. */
  private item(indent: number): YamlNode {
    const start = this.at;
    const code = this.code();
    if (code === COLON) return this.mapping(indent + 2);
    if (code === BRACKET || code === BRACE) return this.inline();
    const value = this.scalar();
    if (this.code() === COLON) {
      this.at = start;
      return this.mapping(indent + 2);
    }
    this.lineEnd('the line does not end where its value does');
    return value;
  }

  private inline(): YamlNode {
    const value = this.empty() ?? this.scalar();
    this.lineEnd('the line does not end where its value does');
    return value;
  }

  private empty(): YamlNode | undefined {
    const isList = this.text.startsWith('[]', this.at);
    if (!isList && !this.text.startsWith('{}', this.at)) return undefined;
    this.at += 2;
    return isList ? [] : new Map();
  }

  private key(): string | number {
    const code = this.code();
    if (code === QUOTE) return this.quoted();
    if (code === COLON) return this.shared(this.match(SYMBOL) ?? this.fail('this is no key'));
    if (isNumeric(code)) {
      const digits = this.match(NUMBER) ?? '';
      return INTEGER.test(digits) ? Number(digits) : this.fail('a key is a string or a whole number');
    }
    const word = this.match(PLAIN) ?? this.fail('this is no key');
    if (isReserved(word)) this.fail(`the key ${word} is not quoted`);
    return this.shared(word);
  }

  private scalar(): string | number | boolean | null {
    const code = this.code();
    if (code === QUOTE) return this.quoted();
    if (isNumeric(code)) return Number(this.match(NUMBER) ?? this.fail('this is no number'));
    const word = this.match(PLAIN) ?? this.fail('this is no value');
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    return isReserved(word) ? this.fail(`the text ${word} is not quoted`) : word;
  }

  private quoted(): string {
    const start = this.at;
    let at = start + 1;
    let raw = true;
    let ascii = true;
    for (let code = this.text.charCodeAt(at); code !== QUOTE; code = this.text.charCodeAt(at)) {
      // The comparison is false for NaN, too, which is the end of the text.
      if (!(code >= SPACE)) this.fail('a quoted text does not end on its line');
      if (code >= DELETE) ascii = false;
      if (code === BACKSLASH) {
        raw = false;
        at += 1;
      }
      at += 1;
    }
    this.at = at + 1;
    const inner = this.text.slice(start + 1, at);
    if (!ascii && NOT_RAW.test(inner)) this.fail('a character that YAML does not let stand raw');
    return raw ? inner : this.unescape(inner);
  }

  private unescape(inner: string): string {
    try {
      return JSON.parse(`"${inner}"`) as string;
    } catch {
      return this.fail('an escape in a quoted text is wrong');
    }
  }

  private lineEnd(problem: string): void {
    if (this.code() !== LF) this.fail(problem);
    this.at += 1;
  }

  private indentAhead(): number {
    let at = this.at;
    while (this.text.charCodeAt(at) === SPACE) at += 1;
    return at - this.at;
  }

  private atDash(): boolean {
    return this.code() === DASH && this.text.charCodeAt(this.at + 1) === SPACE;
  }

  private code(): number {
    return this.text.charCodeAt(this.at);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return undefined;
    const start = this.at;
    this.at = pattern.lastIndex;
    return this.text.slice(start, this.at);
  }

  private shared(key: string): string {
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    this.keys.set(key, key);
    return key;
  }

  private fail(message: string): never {
    let line = 1;
    const before = Math.min(this.at, this.text.length);
    for (let lf = this.text.indexOf('\n'); lf >= 0 && lf < before; lf = this.text.indexOf('\n', lf + 1)) {
      line += 1;
    }
    throw new YamlError(message, line);
  }
}

function isNumeric(code: number): boolean {
  return code === DASH || (code >= ZERO && code <= NINE);
}

function isReserved(word: string): boolean {
  return word.length <= 5 && RESERVED.has(word.toLowerCase());
}
