/**
 * Patterns that RE2 certainly accepts, and whose meaning is the same in JavaScript: literals, `.`, anchors, simple
 * classes, groups, alternatives, and `*`, `+`, `?` where they cannot nest. This project writes only such patterns into
 * navigator.yml; any other is left to RE2 itself, which takes longer to load than reading all patterns here.
 */

const DEEPEST = 10;

/** Characters that always stand for themselves. */
const LITERAL = /^[^\\^$.*+?()[\]{}|]$/u;
/** RE2 takes a backslash before any printable ASCII but letters and digits for that character itself. */
const ESCAPED = /^[ -/:-@[-`{-~]$/;
const HEX_CODE = /^\\x[0-9A-Fa-f]{2}/;
const SIMPLE_CLASS = /^\[\^?(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[\w/.?#%])+\]/;
const JS_META = /[\\^$.*+?()[\]{}|/]/g;

/** @returns null for a pattern that is not such; that says nothing about whether RE2 takes it */
export function plainPattern(pattern: string): RegExp | null {
  const reader = new Reader(pattern);
  const source = reader.alternatives(0);
  return source === null || !reader.atEnd ? null : new RegExp(source, 'u');
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** As JavaScript writes them; null for what is not plain. */
  alternatives(depth: number): string | null {
    if (depth > DEEPEST) return null;
    const sources: string[] = [];
    do {
      const source = this.#sequence(depth);
      if (source === null || source === '') return null;
      sources.push(source);
    } while (this.#skip('|'));
    return sources.join('|');
  }

  #sequence(depth: number): string | null {
    let source = '';
    while (!this.atEnd && !this.#isNext('|') && !this.#isNext(')')) {
      const item = this.#item(depth);
      if (item === null) return null;
      source += item;
    }
    return source;
  }

  #item(depth: number): string | null {
    if (this.#skip('^')) return this.#quantifier() === '' ? '^' : null;
    if (this.#skip('$')) return this.#quantifier() === '' ? '$' : null;
    if (this.#skip('(')) {
      this.#skip('?:');
      const inner = this.alternatives(depth + 1);
      if (inner === null || !this.#skip(')')) return null;
      const quantifier = this.#quantifier();
      return quantifier === '' || quantifier === '?' ? `(?:${inner})${quantifier}` : null;
    }
    const single = this.#single();
    if (single === null) return null;
    const quantifier = this.#quantifier();
    return /^[*+?]?$/.test(quantifier) ? single + quantifier : null;
  }

  /** What matches one character. */
  #single(): string | null {
    if (this.#skip('.')) return '[^\\n]';
    if (this.#isNext('[')) {
      const simple = SIMPLE_CLASS.exec(this.#text.slice(this.#at))?.[0];
      if (simple === undefined || !isAscending(simple)) return null;
      this.#at += simple.length;
      return simple;
    }
    const rest = this.#text.slice(this.#at, this.#at + 4);
    const code = HEX_CODE.exec(rest)?.[0];
    if (code !== undefined) {
      this.#at += code.length;
      return code;
    }
    const escaped = this.#skip('\\');
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    if (this.atEnd || !(escaped ? ESCAPED : LITERAL).test(character)) return null;
    this.#at += character.length;
    return character.replace(JS_META, '\\$&');
  }

  /** All that stands there; more than one is not plain, nor is a count. */
  #quantifier(): string {
    const from = this.#at;
    while (!this.atEnd && '*+?{'.includes(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#text.slice(from, this.#at);
  }

  #isNext(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #skip(text: string): boolean {
    if (!this.#isNext(text)) return false;
    this.#at += text.length;
    return true;
  }
}

function isAscending(simpleClass: string): boolean {
  return [...simpleClass.matchAll(/(\w)-(\w)/g)].every(([, from = '', to = '']) => from <= to);
}
