import { readFileSync, statSync } from 'node:fs';
import { Failure } from '../failure.ts';

/** What a netrc file has for one host. */
export interface Login {
  readonly login: string;
  readonly password: string;
  /** A warning that others can read the file, and what to do; absent if they cannot. */
  readonly caution?: string;
}

/** Bytes; nobody has more passwords than that. */
const MAX_BYTES = 1024 * 1024;

/**
 * The entry of a netrc file for a host, or its `default`; null if there is none, or no file that can be read. With
 * `login` only an entry of that name.
 *
 * @param required whether the operator named the file, so that it must exist and be readable
 * @throws {Failure} `config-invalid`: it cannot be read.
 */
export function readNetrc(path: string, host: string, login: string | null, required: boolean): Login | null {
  const invalid = (problem: string, hint: string): Failure =>
    new Failure('config-invalid', `netrc ${path} ${problem}`, { hint });
  let text: string;
  let mode: number;
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > MAX_BYTES)
      throw invalid('is not a netrc file', 'Set NETRC to the path of a netrc file, or unset it.');
    mode = stats.mode;
    text = readFileSync(path, 'utf8');
  } catch (error) {
    // For example /dev/null/.netrc, a file of root's that others cannot read, or a link to /dev/null.
    if (!required) return null;
    if (error instanceof Failure) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw invalid(`cannot be read (${code})`, 'Set NETRC to the path of a readable file, or unset it.');
  }
  const found = findLogin(text, host, login);
  if (!found || (mode & 0o077) === 0) return found;
  return { ...found, caution: `the passwords in ${path} can be read by others: chmod 600 ${path}` };
}

/** The first entry that fits, as other programs read it; an entry without login or password is none. */
export function findLogin(text: string, host: string, login: string | null): Login | null {
  const words = tokens(text);
  let fallback: Login | null = null;
  for (let at = 0; at < words.length; ) {
    const isDefault = words[at] === 'default';
    if (!isDefault && words[at] !== 'machine') {
      at += 1;
      continue;
    }
    const name = isDefault ? null : words[at + 1];
    const { entry, next } = readEntry(words, isDefault ? at + 1 : at + 2);
    at = next;
    if (!entry || (login !== null && entry.login !== login)) continue;
    if (isDefault) fallback ??= entry;
    else if (name?.toLowerCase() === host.toLowerCase()) return entry;
  }
  return fallback;
}

function readEntry(words: readonly string[], from: number): { entry: Login | null; next: number } {
  const fields = new Map<string, string>();
  let at = from;
  while (/^(?:login|password|account)$/.test(words[at] ?? '')) {
    fields.set(words[at] ?? '', words[at + 1] ?? '');
    at += 2;
  }
  const login = fields.get('login');
  const password = fields.get('password');
  return { entry: login && password ? { login, password } : null, next: at };
}

/** Words between white space, `"quoted"` ones with escapes; without comments, and without macros, which end in an empty line. */
function tokens(text: string): string[] {
  const plain = text.replace(/^[ \t]*#.*$/gm, '').replace(/\bmacdef\b[\s\S]*?(?:\n[ \t]*\r?\n|$)/g, '\n');
  const words = plain.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/gs);
  return [...words].map(([, quoted, bare]) =>
    quoted === undefined
      ? (bare ?? '')
      : quoted.replace(/\\(.)/gs, (_, character: string) => ESCAPES[character] ?? character),
  );
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
