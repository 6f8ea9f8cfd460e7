/*
 * A file of variables, `NAME=value` a line, that both systemd (EnvironmentFile) and a shell (`. file`) read alike. People
 * write into it, too: what is not understood stays as it is, and so does every comment. But systemd takes one behind a value
 * for a part of it, and the line below one that ends with a backslash for a part of the comment; and a shell takes the
 * carriage return of Windows for a part of the value. So those are written anew. (Lines with `export`, which systemd passes
 * over, stay: a file of them is loaded by a shell.)
 */

/** One variable as a file sets it. */
interface Assignment {
  readonly name: string;
  /** Null if only a shell could say it, such as `$HOME/db`. */
  readonly value: string | null;
  /** `export ` or nothing, with what stands before it. */
  readonly lead: string;
  /** A comment on the same line, with the white space before it: for a shell alone. */
  readonly trail: string;
}

/** A line, or several that one quoted value spans. */
interface Entry {
  readonly text: string;
  readonly assignment: Assignment | null;
}

const ASSIGNMENT = /^(?<lead>[ \t]*(?:export[ \t]+)?)(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<rest>[\s\S]*)$/;
const SINGLE = /^'(?<value>[^']*)'(?<trail>[ \t]*(?:[ \t]#.*)?)$/;
const DOUBLE = /^"(?<value>(?:[^"\\]|\\[\s\S])*)"(?<trail>[ \t]*(?:[ \t]#.*)?)$/;
/** Without what a shell would put something else in for: a home directory behind a colon, too. */
const BARE = /^(?<value>(?:(?![~#])(?:(?!:~)[^\s"'\\$`;&|<>()])+)?)(?<trail>[ \t]*(?:[ \t]#.*)?)$/;
/** The beginning of a quoted value whose end is on a later line. */
const OPEN = /^(?:'[^']*|"(?:[^"\\]|\\[\s\S])*)$/;

/** The variables of such a file; the last line that sets one counts. Null for a value that cannot be read without a shell. */
export function readEnvText(text: string): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const { assignment } of entriesOf(text)) if (assignment) found.set(assignment.name, assignment.value);
  return found;
}

/** Variables that stand together, under a comment. */
export interface Group {
  readonly heading: string;
  readonly names: readonly string[];
}

/**
 * Sets variables and takes others away. A line whose value stays is not touched, unless systemd and a shell would read it
 * differently; new variables come at the end, under the heading of their group.
 *
 * @param wanted by name; null to take it away. Variables that are not named stay
 */
export function editEnvText(
  text: string,
  wanted: ReadonlyMap<string, string | null>,
  groups: readonly Group[],
): string {
  const entries = entriesOf(text);
  const last = new Map<string, number>();
  for (const [at, { assignment }] of entries.entries()) if (assignment) last.set(assignment.name, at);
  const kept = entries.flatMap(({ text: line, assignment }, at) => {
    if (!assignment) return [/^\s*[#;].*\\$/.test(line) ? `${line} ` : line];
    const want = wanted.get(assignment.name);
    if (want === undefined) return [line];
    if (want === null) return [];
    const comment = assignment.trail.trim();
    if (last.get(assignment.name) !== at || (assignment.value === want && comment === '')) return [line];
    const set = `${assignment.lead}${assignment.name}=${writtenValue(want)}`;
    return comment === '' ? [set] : [comment.replace(/\\$/, '\\ '), set];
  });
  const isExporting = entries.some(({ assignment }) => assignment?.lead.includes('export'));
  const added = groups.flatMap(({ heading, names }) => {
    const fresh = names.filter((name) => wanted.get(name) != null && !last.has(name));
    const lines = fresh.map(
      (name) => `${isExporting ? 'export ' : ''}${name}=${writtenValue(wanted.get(name) ?? '')}`,
    );
    return lines.length === 0 ? [] : ['', `# ${heading}`, ...lines];
  });
  const lines = [...kept, ...added];
  if (lines[0] === '' && kept.length === 0) lines.shift();
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/**
 * Such a text for people's eyes: values that are secret, and whatever is not understood, left out.
 *
 * @param isSecret told the name of a variable
 */
export function shownEnvText(text: string, isSecret: (name: string) => boolean): string {
  const lines = entriesOf(text).map(({ text: line, assignment }) => {
    if (assignment === null) return shownComment(line, isSecret);
    const { lead, name, value } = assignment;
    if (value !== null && !isSecret(name)) return line;
    return `${lead}${name}=(${value === null ? 'not shown' : 'secret'})`;
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** A variable may stand in a comment, not to count for a while. */
function shownComment(line: string, isSecret: (name: string) => boolean): string {
  const bare = line.trim();
  if (bare === '') return line;
  if (!/^[#;]/.test(bare)) return '(a line that is not shown)';
  const commented = readAssignment(bare.replace(/^[#;\s]+/, ''));
  return commented !== null && isSecret(commented.name) ? `# ${commented.name}=(secret)` : line;
}

/** A value as both a shell and systemd read it back. Control characters are refused before. */
export function writtenValue(value: string): string {
  if (/^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  return `"${value.replace(/["\\$`]/g, '\\$&')}"`;
}

function entriesOf(text: string): Entry[] {
  // An editor of Windows begins with a mark, and ends lines in its own way.
  const lines = text
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n')
    .split('\n');
  if (lines.at(-1) === '') lines.pop();
  const entries: Entry[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const end = endOf(lines, at);
    const whole = lines.slice(at, end + 1).join('\n');
    entries.push({ text: whole, assignment: readAssignment(whole) });
    at = end;
  }
  return entries;
}

/** The last line of what begins at a line: a quote that is never closed belongs to its own line only. */
function endOf(lines: readonly string[], begin: number): number {
  const isOpen = (end: number): boolean => {
    const rest = ASSIGNMENT.exec(lines.slice(begin, end + 1).join('\n'))?.groups?.['rest'];
    return rest !== undefined && OPEN.test(rest);
  };
  if (!isOpen(begin)) return begin;
  for (let end = begin + 1; end < lines.length; end += 1) if (!isOpen(end)) return end;
  return begin;
}

function readAssignment(text: string): Assignment | null {
  const { name, lead = '', rest = '' } = ASSIGNMENT.exec(text)?.groups ?? {};
  if (name === undefined) return null;
  const bare = rest.replace(/\r$/, '');
  for (const form of [SINGLE, BARE, DOUBLE]) {
    const { value, trail = '' } = form.exec(bare)?.groups ?? {};
    if (value === undefined) continue;
    return { name, lead, trail, value: form === DOUBLE ? unescaped(value) : value };
  }
  return { name, lead, trail: '', value: null };
}

/** Between double quotes a shell puts in what `$` and a backtick ask for. */
function unescaped(value: string): string | null {
  if (/(?<!\\)(?:\\\\)*[$`]/.test(value)) return null;
  return value.replace(/\\([\s\S])/g, (all, character: string) => {
    if (character === '\n') return '';
    return /["\\$`]/.test(character) ? character : all;
  });
}
