export class YamlError extends Error {
  /** Line in the text, from 1. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.name = 'YamlError';
    this.line = line;
  }
}

/** Words that some reader of YAML takes for a boolean, null or a number. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|e[0-9._-]*)$/i;
/** What these begin with; most texts need no closer look. */
const RESERVED_START: ReadonlySet<number> = new Set(
  [...'ynotfeYNOTFE'].map((letter) => letter.charCodeAt(0)),
);

/** Per ASCII character: 2 where an unquoted text may begin with it, 1 where it may go on with it. */
const PLAIN = new Uint8Array(128);
for (const character of '0123456789_.-') PLAIN[character.charCodeAt(0)] = 1;
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/')
  PLAIN[character.charCodeAt(0)] = 2;

const SYMBOL = /:[a-z_][a-z0-9_]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:e[+-][0-9]+)?)?/y;
const INTEGER = /^-?[0-9]+$/;
/** Characters that YAML does not allow raw, beyond the control characters of ASCII. */
const NOT_RAW = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

const KEY_PLACES = 1024;

export const LF = 0x0a;
export const SPACE = 0x20;
const QUOTE = 0x22;
export const DASH = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
export const COLON = 0x3a;
export const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
export const BRACE = 0x7b;
const DELETE = 0x7f;

/** Keys and scalars of the subset of YAML that `yaml-reader.ts` reads, one after another. */
export class Scanner {
  protected at = 0;
  protected readonly text: string;
  /** Unquoted keys that were read, in a place by length and first character: most are the same few over and over. */
  private readonly keys: (string | undefined)[] = new Array(KEY_PLACES).fill(undefined);

  constructor(text: string) {
    this.text = text;
  }

  protected key(): string | number {
    const code = this.code();
    if (code === QUOTE) return this.quotedKey();
    if (isNumeric(code)) {
      const digits = this.match(NUMBER) ?? '';
      return INTEGER.test(digits) ? Number(digits) : this.fail('a key is a string or a whole number');
    }
    const length = this.plainEnd() - this.at;
    const place = (code + 32 * length) % KEY_PLACES;
    const known = this.keys[place];
    if (known !== undefined && known.length === length && this.text.startsWith(known, this.at)) {
      this.at += length;
      return known;
    }
    const key = (code === COLON ? this.match(SYMBOL) : this.plain()) ?? this.fail('this is not a key');
    if (isReserved(key)) this.fail(`the key ${key} is not quoted`);
    if (key.length === length) this.keys[place] = key;
    return key;
  }

  protected scalar(): string | number | boolean | null {
    const code = this.code();
    if (code === QUOTE) return this.quoted();
    if (isNumeric(code)) return Number(this.match(NUMBER) ?? this.fail('this is not a number'));
    const word = this.plain() ?? this.fail('this is not a value');
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    return isReserved(word) ? this.fail(`the text ${word} is not quoted`) : word;
  }

  /** Ruby takes `<<` for a merge even when it is quoted. */
  private quotedKey(): string {
    const key = this.quoted();
    return key === '<<' ? this.fail('the key << is a merge to some') : key;
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
    if (!ascii && (NOT_RAW.test(inner) || LONE_SURROGATE.test(inner)))
      this.fail('a character that YAML does not let stand raw');
    return raw ? inner : this.unescape(inner);
  }

  private unescape(inner: string): string {
    try {
      return JSON.parse(`"${inner}"`) as string;
    } catch {
      return this.fail('an escape in a quoted text is wrong');
    }
  }

  protected code(): number {
    return this.text.charCodeAt(this.at);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return undefined;
    const start = this.at;
    this.at = pattern.lastIndex;
    return this.text.slice(start, this.at);
  }

  private plain(): string | undefined {
    const start = this.at;
    if (PLAIN[this.text.charCodeAt(start)] !== 2) return undefined;
    this.at = this.plainEnd();
    return this.text.slice(start, this.at);
  }

  /** Where an unquoted text, or a symbol, ends that begins here. */
  private plainEnd(): number {
    let at = this.at + 1;
    while ((PLAIN[this.text.charCodeAt(at)] ?? 0) > 0) at += 1;
    return at;
  }

  protected fail(message: string): never {
    return this.failAt(this.at, message);
  }

  protected failAt(position: number, message: string): never {
    let line = 1;
    const before = Math.min(position, this.text.length);
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
  return RESERVED_START.has(word.charCodeAt(0)) && RESERVED.test(word);
}
