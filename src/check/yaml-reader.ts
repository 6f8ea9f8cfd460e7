import { BRACE, BRACKET, COLON, DASH, LF, Scanner, SPACE, YamlError } from './yaml-scanner.ts';

export { YamlError };

/**
 * Reads exactly the YAML that `generate/yaml.ts` writes (its docstring is the grammar), and nothing else: anything
 * outside the subset is an error with its line, even if it is good YAML. So a file that this reader accepts means the
 * same to Navigator and to Ruby, and one that was cut short within a line, or damaged, is refused. Linear in the text.
 */

/** A mapping is a `Map` in the order of the document. A Ruby symbol `:name` is the string `:name`. */
export type YamlNode = string | number | boolean | null | YamlNode[] | YamlMap;
export type YamlMap = Map<string | number, YamlNode>;

/**
 * Called with each complete mapping below the document; its result replaces the mapping. So the many small parts of a
 * large document need not be in memory together. `key` is the mapping's own, or that of the list that it is an item of;
 * `indent` is the column of its keys.
 */
export type Take = (mapping: YamlMap, key: string | number, indent: number) => YamlNode;

/**
 * @returns the document, a mapping.
 * @throws {YamlError}
 */
export function readYaml(text: string, take: Take = (mapping) => mapping): YamlMap {
  return text === '{}\n' ? new Map() : new Reader(text, take).mapping(0);
}

/** Columns; more than any configuration needs. The reader works by recursion. */
const DEEPEST_INDENT = 200;

class Reader extends Scanner {
  private readonly take: Take;

  constructor(text: string, take: Take) {
    super(text);
    this.take = take;
  }

  /** Begins behind the indent of its first line, ends before the indent of the line after it. */
  mapping(indent: number): YamlMap {
    if (indent > DEEPEST_INDENT) this.fail('nested too deeply');
    const map: YamlMap = new Map();
    do {
      const start = this.at;
      const key = this.key();
      if (this.code() !== COLON) this.fail('a key ends with a colon');
      this.at += 1;
      const known = map.size;
      map.set(key, this.value(indent, key));
      if (map.size === known)
        this.failAt(start, `the key ${JSON.stringify(key).slice(0, 80)} is there twice`);
    } while (this.another(indent));
    return map;
  }

  private list(indent: number, key: string | number): YamlNode[] {
    const items: YamlNode[] = [];
    do {
      if (!this.atDash()) this.fail('a list item begins with a dash and a space');
      this.at += 2;
      items.push(this.item(indent, key));
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

  private value(indent: number, key: string | number): YamlNode {
    if (this.code() === SPACE) {
      this.at += 1;
      return this.inline();
    }
    this.lineEnd('a space or a line end follows the colon of a key');
    const found = this.indentAhead();
    if (found !== indent + 2) this.fail(`a block indented by ${indent + 2} spaces belongs here`);
    this.at += found;
    return this.atDash() ? this.list(found, key) : this.take(this.mapping(found), key, found);
  }

  /** A mapping when a key and a colon stand behind the dash, else what fits on the line. */
  private item(indent: number, key: string | number): YamlNode {
    const start = this.at;
    const code = this.code();
    if (code === COLON) return this.take(this.mapping(indent + 2), key, indent + 2);
    if (code === BRACKET) this.fail('a list directly inside a list');
    if (code === BRACE) return this.inline();
    const value = this.scalar();
    if (this.code() === COLON) {
      this.at = start;
      return this.take(this.mapping(indent + 2), key, indent + 2);
    }
    this.lineEnd('the line does not end where its value does');
    return value;
  }

  private inline(): YamlNode {
    const code = this.code();
    const value = code === BRACKET || code === BRACE ? this.empty() : this.scalar();
    this.lineEnd('the line does not end where its value does');
    return value;
  }

  private empty(): YamlNode {
    const pair = this.text.slice(this.at, this.at + 2);
    if (pair !== '[]' && pair !== '{}') this.fail('only an empty list or mapping stands on one line');
    this.at += 2;
    return pair === '[]' ? [] : new Map();
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
}
